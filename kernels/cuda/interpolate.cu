// SPDX-License-Identifier: Apache-2.0
#include "kernels/body/interpolate.hpp"
#include "kernels/cuda/launch.cuh"

namespace tempsweep::kernels {

template Status launch_on_card(const InterpolateSums&, Stream);

}  // namespace tempsweep::kernels
