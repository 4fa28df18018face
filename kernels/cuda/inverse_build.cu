// SPDX-License-Identifier: Apache-2.0
#include "kernels/body/inverse_build.hpp"
#include "kernels/cuda/launch.cuh"

namespace tempsweep::kernels {

template Status launch_on_card(const BuildInverse&, Stream);

}  // namespace tempsweep::kernels
