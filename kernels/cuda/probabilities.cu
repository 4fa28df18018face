// SPDX-License-Identifier: Apache-2.0
#include "kernels/body/float_probabilities.hpp"
#include "kernels/cuda/launch.cuh"

namespace tempsweep::kernels {

template Status launch_on_card(const Probabilities&, Stream);
template Status launch_on_card(const FloatProbabilities&, Stream);
template Status launch_on_card(const Fill<float>&, Stream);
template Status launch_on_card(const Fill<std::uint16_t>&, Stream);

}  // namespace tempsweep::kernels
