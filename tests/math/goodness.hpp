// SPDX-License-Identifier: Apache-2.0
// Judges of counts against exactly known laws, for the samplers' tests.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <boost/math/distributions/chi_squared.hpp>

namespace tempsweep::test {

/// Pearson's p-value. Cells in their order, joined until 5 draws are expected; what is left joins the last
/// one. A count where nothing is expected: 0. Fewer than two cells: 1.
inline double chi_square_p(const std::vector<std::uint64_t>& counts, const std::vector<double>& probabilities,
                           double draws) {
  std::vector<double> expected;
  std::vector<double> seen;
  double e = 0;
  double s = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (probabilities[i] == 0 && counts[i] != 0) {
      return 0;
    }
    e += probabilities[i] * draws;
    s += static_cast<double>(counts[i]);
    if (e >= 5) {
      expected.push_back(e);
      seen.push_back(s);
      e = s = 0;
    }
  }
  if (expected.size() < 2) {
    return 1;
  }
  expected.back() += e;
  seen.back() += s;
  double x = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    x += (seen[i] - expected[i]) * (seen[i] - expected[i]) / expected[i];
  }
  const boost::math::chi_squared law(static_cast<double>(expected.size() - 1));
  return boost::math::cdf(boost::math::complement(law, x));
}

/// Kolmogorov's asymptotic p-value of the hypothesis that these are uniform on [0, 1]; from about 100 on.
inline double uniformity_p(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto n = static_cast<double>(values.size());
  double distance = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto rank = static_cast<double>(i);
    distance = std::max({distance, (rank + 1) / n - values[i], values[i] - rank / n});
  }
  const double x = distance * (std::sqrt(n) + 0.12 + 0.11 / std::sqrt(n));
  double p = 0;
  for (int k = 1; k < 100; ++k) {
    p += (k % 2 == 1 ? 2 : -2) * std::exp(-2.0 * k * k * x * x);
  }
  return std::clamp(p, 0.0, 1.0);
}

}  // namespace tempsweep::test
