// SPDX-License-Identifier: Apache-2.0
#include "kernels/body/ladder_evaluate.hpp"
#include "kernels/cuda/launch.cuh"

namespace tempsweep::kernels {

template Status launch_on_card(const EvaluateLadder&, Stream);

}  // namespace tempsweep::kernels
