// SPDX-License-Identifier: Apache-2.0
#include "kernels/body/make_series.hpp"
#include "kernels/cuda/launch.cuh"

namespace tempsweep::kernels {

template Status launch_on_card(const MakeSeries&, Stream);

}  // namespace tempsweep::kernels
