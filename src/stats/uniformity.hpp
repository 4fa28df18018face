// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "tempsweep/core/p_value.hpp"

namespace tempsweep::stats {

/// sup |F_n - F| of p-values against the uniform law; sorts them. 0 for none.
[[nodiscard]] double distance_from_uniform(std::vector<double>& p);

/// sqrt(n) + 0.12 + 0.11/sqrt(n): what a distance is multiplied by before the limit law is taken (Stephens
/// 1970, J. R. Stat. Soc. B 32:115).
[[nodiscard]] double stephens_factor(std::size_t n);

/// Kolmogorov's limit law, P(K > lambda) = 2 sum (-1)^(k-1) e^(-2 k^2 lambda^2).
[[nodiscard]] PValue kolmogorov_tail(double lambda);

}  // namespace tempsweep::stats
