// SPDX-License-Identifier: Apache-2.0
#include "kernels/body/direct_f32.hpp"
#include "kernels/cuda/launch.cuh"

namespace tempsweep::kernels {

template Status launch_on_card(const DirectF32&, Stream);
template Status launch_on_card(const DirectF32Mixed&, Stream);

}  // namespace tempsweep::kernels
