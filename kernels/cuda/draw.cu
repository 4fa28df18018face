// SPDX-License-Identifier: Apache-2.0
#include "kernels/body/draw.hpp"
#include "kernels/cuda/launch.cuh"

namespace tempsweep::kernels {

template Status launch_on_card(const DrawTokens&, Stream);

}  // namespace tempsweep::kernels
