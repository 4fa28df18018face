// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <numbers>

#include <boost/math/special_functions/erf.hpp>

#include "tempsweep/math/cell_sums.hpp"
#include "tempsweep/stats/point_statistics.hpp"

#include "stats/deviance.hpp"
#include "stats/finish.hpp"
#include "stats/fused.hpp"
#include "stats/serial_team.hpp"

namespace tempsweep {
namespace {

/// The cell against all others.
Chance chance_of(const ResidualCell& cell, double n) {
  return {cell.expected / n, cell.others / n};
}

/// w^2/2 of a cell. 2 Phi(-w) is below its two-sided p-value (Zubkov & Serov, Theory Probab. Appl. 57, 2013).
double deviance_of(const ResidualCell& cell, double n) {
  const double other = n - cell.observed;
  return (cell.observed > 0 ? stats::deviance(cell.observed, cell.expected) : cell.expected) +
         (other > 0 ? stats::deviance(other, cell.others) : cell.others);
}

/// The w at which 2 Phi(-w) = p.
double threshold(PValue best) {
  return best.p > 1e-290 ? std::numbers::sqrt2 * boost::math::erfc_inv(best.p) : 36;
}

}  // namespace

LargestResidual stats::finish_residual(const JudgedSums& sums) {
  LargestResidual largest{std::numeric_limits<double>::quiet_NaN(), {}};
  if (sums.cells < 2 || sums.n == 0) {
    return largest;
  }
  const ResidualCell* most = nullptr;
  PValue best;
  double w = 0;
  for (const ResidualCell& cell : sums.residual) {
    if (cell.cell < 0 ||
        (most != nullptr && (cell.cell == most->cell || 2 * deviance_of(cell, sums.n) < w * w))) {
      continue;
    }
    const PValue here = binomial_two_sided(cell.observed, sums.n, chance_of(cell, sums.n));
    if (most == nullptr || here.log10_p < best.log10_p) {
      best = here;
      most = &cell;
      w = threshold(best);
    }
  }
  const double offset = most->observed - most->expected;
  largest.residual = offset / std::sqrt(most->expected * (most->others / sums.n));
  largest.cell = static_cast<std::size_t>(most->cell);
  largest.p = scaled(best, sums.cells);
  return largest;
}

LargestResidual largest_residual(const ChiSquareScratch& cells, std::uint64_t n) {
  JudgedSums sums{};
  sums.n = static_cast<double>(n);
  stats::run_quickly([&] {
    ChiSquareScratch none;
    stats::SerialTeam team(none);
    const stats::CellArrays arrays(cells);
    rank_cells(team, arrays, sum_cells(team, arrays, sums), sums);
  });
  return stats::finish_residual(sums);
}

}  // namespace tempsweep
