// SPDX-License-Identifier: Apache-2.0
#include "kernels/body/ladder_climb.hpp"
#include "kernels/cuda/launch.cuh"

namespace tempsweep::kernels {

template Status launch_on_card(const MergeLeaves&, Stream);
template Status launch_on_card(const ClimbLadder&, Stream);

}  // namespace tempsweep::kernels
