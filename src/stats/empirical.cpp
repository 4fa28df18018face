// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

#include "tempsweep/core/statistics.hpp"

#include "stats/moments.hpp"

namespace tempsweep {
namespace {

/// -ln(count / n), with its relative accuracy where the token takes nearly all draws.
double surprisal(std::uint64_t count, std::uint64_t n) {
  const auto total = static_cast<double>(n);
  return count > n / 2 ? -std::log1p(-static_cast<double>(n - count) / total)
                       : -std::log(static_cast<double>(count) / total);
}

}  // namespace

double empirical_entropy_bits(std::span<const std::uint64_t> counts, std::uint64_t n) {
  stats::CompensatedSum sum;
  for (const std::uint64_t count : counts) {
    if (count != 0) {
      sum.add(static_cast<double>(count) / static_cast<double>(n) * surprisal(count, n));
    }
  }
  return sum.value() / std::numbers::ln2;
}

double miller_madow_entropy_bits(std::span<const std::uint64_t> counts, std::uint64_t n) {
  const auto distinct =
      counts.size() - static_cast<std::size_t>(std::count(counts.begin(), counts.end(), 0U));
  if (distinct == 0) {
    return 0;
  }
  return empirical_entropy_bits(counts, n) +
         static_cast<double>(distinct - 1) / (2 * static_cast<double>(n) * std::numbers::ln2);
}

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
