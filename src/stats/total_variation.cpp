// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "tempsweep/core/statistics.hpp"

#include "stats/moments.hpp"

namespace tempsweep {

double total_variation(std::span<const double> probability, std::span<const std::uint64_t> counts,
                       std::uint64_t n) {
  if (probability.size() != counts.size()) {
    throw std::invalid_argument("total_variation: as many counts as probabilities, please");
  }
  if (n == 0) {
    return 0;
  }
  stats::CompensatedSum sum;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    sum.add(std::abs(static_cast<double>(counts[i]) / static_cast<double>(n) - probability[i]));
  }
  return std::min(1.0, sum.value() / 2);
}

}  // namespace tempsweep
