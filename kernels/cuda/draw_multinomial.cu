// SPDX-License-Identifier: Apache-2.0
#include "kernels/body/draw_multinomial.hpp"
#include "kernels/cuda/launch.cuh"

namespace tempsweep::kernels {

template Status launch_on_card(const DrawMultinomial&, Stream);

}  // namespace tempsweep::kernels
