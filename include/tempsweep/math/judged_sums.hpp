// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tempsweep {

/// A pooled cell that may be the hardest to believe.
struct ResidualCell {
  double expected, observed;
  double others;      ///< expected in all other cells: added up, not subtracted, where this one holds most
  std::int64_t cell;  ///< its place among the cells, which begin at the rare end
};

/// The inverse temperature that draws look like: the maximum of their likelihood over the family
/// p_b(d) ~ e^(-b d) on the finite depths, where the mean depth under b equals that of the draws.
/// Every draw on the top group: b = +inf. Mean depth that of the flat law: b = 0. Deeper still: b < 0 (hotter
/// than any temperature); every draw on the deepest tokens: b = -inf.
struct FitSums {
  double beta;      ///< NaN where all finite depths are equal, and for no draws
  double variance;  ///< Var_b(l); 0 where b is infinite
  double gain;      ///< ln of (likelihood at b / likelihood at the law's beta) a draw, >= 0
};

/// Cells that go to the exact binomial: the one of the largest (O - E)^2/E, then those that rank first.
inline constexpr int ranked_cells = 4;
inline constexpr int residual_cells = 1 + ranked_cells;

/// All that the V tokens of a grid point and their draws add up to; what is left to do takes no row. Plain
/// values: a card writes them, the host finishes them. Depths in logit.
struct JudgedSums {
  double n, beta, ties;
  double top, rest;              ///< probability of the top group, and of all else
  double first, rival;           ///< of the top token, and of its first rival below
  double log_partition;          ///< ln Z where a top token weighs 1
  double mean, variance, third;  ///< of the depth; third: central
  double possible;               ///< tokens of positive probability
  double impossible;             ///< draws of others
  double masked;                 ///< of those, of tokens that lie infinitely deep
  double cells;
  double chi_square, inverse, inverse_square;  ///< over cells: sum (O - E)^2/E, sum 1/E, sum 1/E^2
  double drawn_top, drawn_depth;               ///< draws of the top group; mean depth, the masked apart
  double variation;                            ///< sum |count/n - p|
  double divergence;                           ///< sum of deviances, those of impossible tokens apart
  double entropy;                              ///< -sum f ln f
  double distinct;                             ///< tokens drawn
  FitSums fit;
  ResidualCell residual[residual_cells];  ///< as many as count; place -1: no more
};

}  // namespace tempsweep
