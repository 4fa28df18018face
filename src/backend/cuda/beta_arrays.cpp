// SPDX-License-Identifier: Apache-2.0
#include "backend/cuda/beta_arrays.hpp"

#include <algorithm>
#include <vector>

#include "tempsweep/math/law.hpp"
#include "tempsweep/math/rest_sums.hpp"

namespace tempsweep::cuda {

BetaView BetaArrays::upload(std::span<const double> temperatures, double order, const MethodChoice& methods,
                            Staging& staging, kernels::Stream stream) {
  const std::int64_t count = std::ssize(temperatures);
  std::vector<double> betas(temperatures.size());
  std::vector<float> scales(temperatures.size());
  std::vector<std::int32_t> which(temperatures.size());
  for (std::size_t t = 0; t < betas.size(); ++t) {
    betas[t] = order * inverse_temperature(temperatures[t]);
    scales[t] = static_cast<float>(
        sum_scale(std::clamp(betas[t], kernels::least_float_beta, kernels::most_float_beta)));
    which[t] = methods.octave_place(betas[t]);
  }
  staging.upload(betas_.reserve(count), std::span<const double>(betas), stream);
  staging.upload(scales_.reserve(count), std::span<const float>(scales), stream);
  staging.upload(which_.reserve(count), std::span<const std::int32_t>(which), stream);
  return {betas_.get(), scales_.get(), which_.get(), count};
}

void BetaArrays::drop() {
  betas_.drop();
  scales_.drop();
  which_.drop();
}

}  // namespace tempsweep::cuda
