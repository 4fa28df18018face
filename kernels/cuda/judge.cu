// SPDX-License-Identifier: Apache-2.0
#include "kernels/body/judge.hpp"
#include "kernels/cuda/launch.cuh"

namespace tempsweep::kernels {

template Status launch_on_card(const NumberTokens&, Stream);
template Status launch_on_card(const JudgePoints&, Stream);

}  // namespace tempsweep::kernels
