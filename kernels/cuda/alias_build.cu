// SPDX-License-Identifier: Apache-2.0
#include "kernels/body/alias_build.hpp"
#include "kernels/cuda/launch.cuh"

namespace tempsweep::kernels {

template Status launch_on_card(const BuildAlias&, Stream);

}  // namespace tempsweep::kernels
