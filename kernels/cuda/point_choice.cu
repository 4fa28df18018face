// SPDX-License-Identifier: Apache-2.0
#include "kernels/body/point_choice.hpp"
#include "kernels/cuda/launch.cuh"

namespace tempsweep::kernels {

template Status launch_on_card(const ListGroups&, Stream);
template Status launch_on_card(const TakeSquares&, Stream);
template Status launch_on_card(const LargestErrors&, Stream);

}  // namespace tempsweep::kernels
