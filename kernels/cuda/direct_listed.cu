// SPDX-License-Identifier: Apache-2.0
#include "kernels/body/direct_listed.hpp"
#include "kernels/cuda/launch.cuh"

namespace tempsweep::kernels {

template Status launch_on_card(const DirectListed&, Stream);

}  // namespace tempsweep::kernels
