// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <stdexcept>

#include "tempsweep/core/statistics.hpp"

#include "stats/moments.hpp"

namespace tempsweep {
namespace {

constexpr double least_expected = 5;

struct Cell {
  double expected = 0;
  double observed = 0;
};

void push(ChiSquareScratch& scratch, const Cell& cell) {
  scratch.expected.push_back(cell.expected);
  scratch.observed.push_back(cell.observed);
}

/// Fills the cells: pooled ones from the rare end, then single tokens. `tokens`: those of positive
/// probability.
void pool(std::span<const double> probability, std::span<const std::uint64_t> counts, double n,
          std::size_t tokens, ChiSquareScratch& scratch) {
  scratch.expected.reserve(probability.size());
  scratch.observed.reserve(probability.size());
  scratch.expected.clear();
  scratch.observed.clear();
  Cell open;
  std::size_t i = tokens;
  while (i > 0 && n * probability[i - 1] < least_expected) {
    --i;
    open.expected += n * probability[i];
    open.observed += static_cast<double>(counts[i]);
    if (open.expected >= least_expected) {
      push(scratch, open);
      open = {};
    }
  }
  if (scratch.expected.empty() && i > 0) {  // no pooled cell took shape: the rarest single token stands in
    --i;
    push(scratch, {n * probability[i], static_cast<double>(counts[i])});
  }
  if (!scratch.expected.empty()) {
    scratch.expected.back() += open.expected;
    scratch.observed.back() += open.observed;
  }
  while (i > 0) {
    --i;
    push(scratch, {n * probability[i], static_cast<double>(counts[i])});
  }
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
