// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <stdexcept>

#include "tempsweep/core/statistics.hpp"

#include "stats/moments.hpp"
#include "stats/pooling.hpp"

namespace tempsweep {
namespace {

/// Fills the cells. `tokens`: those of positive probability.
void pool(std::span<const double> probability, std::span<const std::uint64_t> counts, double n,
          std::size_t tokens, ChiSquareScratch& scratch) {
  scratch.expected.reserve(probability.size());
  scratch.observed.reserve(probability.size());
  scratch.expected.clear();
  scratch.observed.clear();
  const auto token = [&](std::size_t i) {
    const std::size_t place = tokens - 1 - i;
    return stats::Cell{n * probability[place], static_cast<double>(counts[place])};
  };
  stats::pool_tokens(tokens, token, [&](const stats::Cell& cell) {
    scratch.expected.push_back(cell.expected);
    scratch.observed.push_back(cell.other);
  });
}

double pearson(const ChiSquareScratch& scratch) {
  stats::CompensatedSum sum;
  for (std::size_t i = 0; i < scratch.expected.size(); ++i) {
    const double residual = scratch.observed[i] - scratch.expected[i];
    sum.add(residual / scratch.expected[i] * residual);
  }
  return sum.value();
}

}  // namespace

ChiSquare chi_square_test(std::span<const double> probability, std::span<const std::uint64_t> counts,
                          std::uint64_t n, ChiSquareScratch& scratch) {
  if (probability.size() != counts.size()) {
    throw std::invalid_argument("chi_square_test: as many counts as probabilities, please");
  }
  std::size_t tokens = probability.size();
  std::uint64_t impossible = 0;
  while (tokens > 0 && !(probability[tokens - 1] > 0)) {
    impossible |= counts[--tokens];
  }
  const auto draws = static_cast<double>(n);
  pool(probability, counts, draws, tokens, scratch);
  const std::size_t cells = scratch.expected.size();
  const double dof = cells < 2 ? 0 : static_cast<double>(cells - 1);
  const double pooled = tokens == 0 ? 0 : static_cast<double>(tokens - std::max<std::size_t>(cells, 1));
  if (impossible != 0) {
    const double infinity = std::numeric_limits<double>::infinity();
    return {infinity, dof, pooled, 0, -infinity};
  }
  if (cells < 2) {
    return {0, 0, pooled, 1, 0};
  }
  const double statistic = pearson(scratch);
  const auto tail = stats::shifted_gamma_tail(stats::chi_square_moments(scratch.expected, draws), statistic);
  return {statistic, dof, pooled, tail.p, tail.log10_p};
}

}  // namespace tempsweep
