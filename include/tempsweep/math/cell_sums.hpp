// SPDX-License-Identifier: Apache-2.0
// What pooled cells add up to; for Team see judge_sums.hpp. `Cells`: count(), and cells(i), the i-th
// CellCount, from the rare end.
#pragma once

#include "tempsweep/math/judged_sums.hpp"
#include "tempsweep/math/lane_sums.hpp"
#include "tempsweep/math/residual_rank.hpp"

namespace tempsweep {

/// Pearson's sums over the cells.
template <class Team, class Cells>
TEMPSWEEP_DEVICE CellHalves sum_cells(Team& team, const Cells& cells, JudgedSums& out) {
  out.cells = static_cast<double>(cells.count());
  const double n = out.n;
  const auto sums = team.template sums<5>(0, cells.count(), [cells, n](std::int64_t i) {
    const CellCount cell = cells(i);
    const double residual = cell.observed - cell.expected;
    const double inverse = 1 / cell.expected;
    const bool minor = cell.expected < n / 2;
    return Terms<5>{{residual / cell.expected * residual, inverse, inverse * inverse,
                     minor ? cell.expected : 0.0, minor ? 0.0 : cell.expected}};
  });
  out.chi_square = sums.term[0];
  out.inverse = sums.term[1];
  out.inverse_square = sums.term[2];
  return {sums.term[3], sums.term[4]};
}

/// The cells that an exact binomial should look at.
template <class Team, class Cells>
TEMPSWEEP_DEVICE void rank_cells(Team& team, const Cells& cells, const CellHalves& halves, JudgedSums& out) {
  for (ResidualCell& one : out.residual) {
    one = {0, 0, 0, -1};
  }
  const std::int64_t count = cells.count();
  const double n = out.n;
  if (count < 2) {
    return;
  }
  const auto take = [&cells, &halves, &out, n](int place, std::int64_t i) {
    if (i >= 0) {
      const CellCount cell = cells(i);
      out.residual[place] = {cell.expected, cell.observed, halves.others(cell.expected, n), i};
    }
  };
  take(0, team.largest(count, [cells](std::int64_t i) { return residual_square(cells(i)); }));
  const CellRanking ranking = team.rank(
      count,
      [cells, halves, n](std::int64_t i) {
        const CellCount cell = cells(i);
        return rank_bound(cell, halves.others(cell.expected, n), n);
      },
      [cells, halves, n](std::int64_t i) {
        const CellCount cell = cells(i);
        return residual_rank(cell, halves.others(cell.expected, n), n);
      });
  for (int k = 0; k < ranked_cells; ++k) {
    take(1 + k, ranking.best[k].place);
  }
}

}  // namespace tempsweep
