// SPDX-License-Identifier: Apache-2.0
#include "kernels/body/collect.hpp"
#include "kernels/cuda/launch.cuh"

namespace tempsweep::kernels {

template Status launch_on_card(const CountKept&, Stream);
template Status launch_on_card(const CollectKept&, Stream);
template Status launch_on_card(const RankCuts&, Stream);

}  // namespace tempsweep::kernels
