// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <stdexcept>

#include "tempsweep/core/statistics.hpp"
#include "tempsweep/math/cell_sums.hpp"

#include "stats/drawn_row.hpp"
#include "stats/finish.hpp"
#include "stats/fused.hpp"
#include "stats/moments.hpp"
#include "stats/serial_team.hpp"

namespace tempsweep {

ChiSquare stats::finish_chi_square(const JudgedSums& sums) {
  const double dof = sums.cells < 2 ? 0 : sums.cells - 1;
  const double pooled = sums.possible == 0 ? 0 : sums.possible - std::max(sums.cells, 1.0);
  if (sums.impossible != 0) {
    const double infinity = std::numeric_limits<double>::infinity();
    return {infinity, dof, pooled, 0, -infinity};
  }
  if (sums.cells < 2) {
    return {0, 0, pooled, 1, 0};
  }
  const auto moments = chi_square_moments({sums.cells, sums.inverse, sums.inverse_square}, sums.n);
  const Tail tail = shifted_gamma_tail(moments, sums.chi_square);
  return {sums.chi_square, dof, pooled, tail.p, tail.log10_p};
}

ChiSquare chi_square_test(std::span<const double> probability, std::span<const std::uint64_t> counts,
                          std::uint64_t n, ChiSquareScratch& scratch) {
  if (probability.size() != counts.size()) {
    throw std::invalid_argument("chi_square_test: as many counts as probabilities, please");
  }
  JudgedSums sums{};
  std::size_t tokens = probability.size();
  while (tokens > 0 && !(probability[tokens - 1] > 0)) {
    sums.impossible += static_cast<double>(counts[--tokens]);
  }
  sums.n = static_cast<double>(n);
  sums.possible = static_cast<double>(tokens);
  stats::run_quickly([&] {
    stats::SerialTeam team(scratch);
    const auto cells = team.pool(static_cast<std::int64_t>(tokens), [&](std::int64_t i) {
      const std::size_t place = tokens - 1 - static_cast<std::size_t>(i);
      return Cell{sums.n * probability[place], count_value(counts[place])};
    });
    sum_cells(team, cells, sums);
  });
  return stats::finish_chi_square(sums);
}

}  // namespace tempsweep
