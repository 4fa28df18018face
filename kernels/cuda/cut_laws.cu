// SPDX-License-Identifier: Apache-2.0
#include "kernels/body/cut_laws.hpp"
#include "kernels/cuda/launch.cuh"

namespace tempsweep::kernels {

template Status launch_on_card(const CutLaws&, Stream);

}  // namespace tempsweep::kernels
