// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include <boost/math/special_functions/erf.hpp>

#include "tempsweep/stats/point_statistics.hpp"

#include "stats/deviance.hpp"

namespace tempsweep {
namespace {

/// The cells but one against all draws, each with its complement: q is summed, not subtracted, only where one
/// cell holds most.
Chance chance_of(const ChiSquareScratch& cells, std::size_t i, double n) {
  const double p = cells.expected[i] / n;
  if (p < 0.5) {
    return {p, 1 - p};
  }
  double others = 0;
  for (std::size_t j = 0; j < cells.expected.size(); ++j) {
    others += j == i ? 0 : cells.expected[j];
  }
  return {p, others / n};
}

/// w^2/2 of a cell. 2 Phi(-w) is below its two-sided p-value (Zubkov & Serov, Theory Probab. Appl. 57, 2013),
/// and w^2 at most twice the square of the residual: so most cells are passed over without a logarithm.
double deviance_of(double observed, double n, Chance chance) {
  const double other = n - observed;
  return (observed > 0 ? stats::deviance(observed, n * chance.p) : n * chance.p) +
         (other > 0 ? stats::deviance(other, n * chance.q) : n * chance.q);
}

/// The w at which 2 Phi(-w) = p.
double threshold(PValue best) {
  return best.p > 1e-290 ? std::numbers::sqrt2 * boost::math::erfc_inv(best.p) : 36;
}

}  // namespace

LargestResidual largest_residual(const ChiSquareScratch& cells, std::uint64_t n) {
  const auto draws = static_cast<double>(n);
  const std::size_t k = cells.expected.size();
  LargestResidual largest{std::numeric_limits<double>::quiet_NaN(), {}};
  if (k < 2 || n == 0) {
    return largest;
  }
  const auto residual = [&](std::size_t i) {
    const double offset = cells.observed[i] - cells.expected[i];
    return offset / std::sqrt(cells.expected[i] * chance_of(cells, i, draws).q);
  };
  const auto exact = [&](std::size_t i) {
    return binomial_two_sided(cells.observed[i], draws, chance_of(cells, i, draws));
  };
  std::size_t most = 0;
  double square = -1;
  for (std::size_t i = 0; i < k; ++i) {
    const double offset = cells.observed[i] - cells.expected[i];
    const double here = offset * (offset / cells.expected[i]);
    if (here > square) {
      square = here;
      most = i;
    }
  }
  PValue best = exact(most);
  double w = threshold(best);
  for (std::size_t i = 0; i < k; ++i) {
    const double offset = cells.observed[i] - cells.expected[i];
    const double room = 1 - cells.expected[i] / draws;
    if (i == most || (room > 0.25 && 2 * offset * (offset / cells.expected[i]) < w * w * room)) {
      continue;
    }
    if (2 * deviance_of(cells.observed[i], draws, chance_of(cells, i, draws)) < w * w) {
      continue;
    }
    const PValue here = exact(i);
    if (here.log10_p < best.log10_p) {
      best = here;
      most = i;
      w = threshold(best);
    }
  }
  largest.residual = residual(most);
  largest.cell = most;
  largest.p = scaled(best, static_cast<double>(k));
  return largest;
}

}  // namespace tempsweep
