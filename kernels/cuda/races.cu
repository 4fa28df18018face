// SPDX-License-Identifier: Apache-2.0
#include "kernels/body/races.hpp"
#include "kernels/cuda/launch.cuh"

namespace tempsweep::kernels {

template Status launch_on_card(const MakeRaces&, Stream);
template Status launch_on_card(const DrawRaces&, Stream);

}  // namespace tempsweep::kernels
