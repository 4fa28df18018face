// SPDX-License-Identifier: Apache-2.0
#include "stats/uniformity.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tempsweep::stats {

double distance_from_uniform(std::vector<double>& p) {
  std::sort(p.begin(), p.end());
  const auto n = static_cast<double>(p.size());
  double distance = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const auto rank = static_cast<double>(i);
    distance = std::max({distance, p[i] - rank / n, (rank + 1) / n - p[i]});
  }
  return distance;
}

double stephens_factor(std::size_t n) {
  const double root = std::sqrt(static_cast<double>(n));
  return root + 0.12 + 0.11 / root;
}

PValue kolmogorov_tail(double lambda) {
  if (lambda > 3) {  // the first term alone, to 24 digits
    return p_from_log(std::numbers::ln2 - 2 * lambda * lambda);
  }
  if (lambda < 0.2) {  // 1 - 5e-13, and the series no longer converges
    return {1, 0};
  }
  double sum = 0;
  for (int k = 1; k <= 40; ++k) {
    sum += (k % 2 == 1 ? 2 : -2) * std::exp(-2.0 * k * k * lambda * lambda);
  }
  const double p = std::clamp(sum, 0.0, 1.0);
  return {p, std::log10(p)};
}

}  // namespace tempsweep::stats
