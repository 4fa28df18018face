// SPDX-License-Identifier: Apache-2.0
#include "kernels/body/direct_f64.hpp"
#include "kernels/cuda/launch.cuh"

namespace tempsweep::kernels {

template Status launch_on_card(const DirectF64&, Stream);
template Status launch_on_card(const MergeF64&, Stream);

}  // namespace tempsweep::kernels
