// SPDX-License-Identifier: Apache-2.0
// Which of the pooled cells are worth an exact binomial: an estimate of its normal deviate, close enough to
// put the cells in order. Lugannani & Rice 1980 and Barndorff-Nielsen 1986: r = w + ln(z/w)/w at the edge
// between the counts, where w^2/2 is the deviance and z the standardised residual there.
#pragma once

#include <cmath>

#include "tempsweep/math/branch_free.hpp"
#include "tempsweep/math/judged_sums.hpp"
#include "tempsweep/math/lane_sums.hpp"

namespace tempsweep {

/// Draws that fell into a cell, of n.
struct CellCount {
  double expected, observed;
};

/// (O - E)^2/E.
TEMPSWEEP_HD inline double residual_square(const CellCount& cell) {
  const double offset = cell.observed - cell.expected;
  return offset * (offset / cell.expected);
}

/// Expectations, added up apart: of the cells that hold less than half of all, and of the others.
struct CellHalves {
  double minor, major;
  /// Expected in all cells but this one.
  [[nodiscard]] TEMPSWEEP_HD double others(double expected, double n) const {
    return expected < n / 2 ? n - expected : minor + (major - expected);
  }
};

/// No cell ranks higher than this, so that most are passed over without a logarithm: w^2 is at most twice the
/// square over the room 1 - p, and r little more than w.
TEMPSWEEP_HD inline double rank_bound(const CellCount& cell, double others, double n) {
  return 2.25 * residual_square(cell) / (others / n);
}

/// r^2: p of the two-sided exact binomial is about that of a normal deviate r. 0 within half a draw of the
/// mean.
TEMPSWEEP_HD inline double residual_rank(const CellCount& cell, double others, double n) {
  constexpr double near_centre = 0.1;  // below it the correction is noise
  const double sign = cell.observed > cell.expected ? 1.0 : -1.0;
  const double edge = cell.observed - sign / 2;
  const double offset = sign * (edge - cell.expected);
  if (!(offset > 0)) {
    return 0;
  }
  const double deviance = branch_free::half_deviance(edge, {cell.expected, 0}) +
                          branch_free::half_deviance(n - edge, {others, 0});
  const double w = std::sqrt(2 * deviance);
  const double z = offset / std::sqrt(cell.expected * (others / n));
  const double r = w < near_centre ? w : w + branch_free::log_of(z / w) / w;
  const double bound = rank_bound(cell, others, n);
  return r > 0 ? (r * r < bound ? r * r : bound) : 0;
}

/// The cells that rank first, of those a thread has seen in ascending order.
struct CellRanking {
  Ranked best[ranked_cells];

  [[nodiscard]] TEMPSWEEP_HD double least() const { return best[ranked_cells - 1].value; }
  TEMPSWEEP_HD void add(double rank, std::int64_t cell) {
    Ranked next{rank, cell};
    for (Ranked& one : best) {
      if (next.before(one)) {
        const Ranked lower = one;
        one = next;
        next = lower;
      }
    }
  }
  /// Takes the first out.
  TEMPSWEEP_HD void pop() {
    for (int i = 0; i + 1 < ranked_cells; ++i) {
      best[i] = best[i + 1];
    }
    best[ranked_cells - 1] = {};
  }
};

}  // namespace tempsweep
