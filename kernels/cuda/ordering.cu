// SPDX-License-Identifier: Apache-2.0
#include "kernels/body/ordering.hpp"
#include "kernels/cuda/launch.cuh"

namespace tempsweep::kernels {

template Status launch_on_card(const OrderRows&, Stream);
template Status launch_on_card(const EvaluateOrdering&, Stream);

}  // namespace tempsweep::kernels
