// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "tempsweep/core/p_value.hpp"
#include "tempsweep/core/statistics.hpp"
#include "tempsweep/math/judged_sums.hpp"
#include "tempsweep/stats/point_law.hpp"
#include "tempsweep/stats/power.hpp"
#include "tempsweep/stats/temperature_score.hpp"

namespace tempsweep {

/// Draws of one grid point and the law that they should follow: the engine's own, or somebody else's.
struct PointCase {
  std::span<const double> depth;  ///< m - l, ascending: see point_law.hpp; +inf for what cannot be drawn
  std::span<const std::uint64_t> counts;  ///< in the same order
  double beta = 1;                        ///< fl(1/T); +inf for T = 0
  std::uint64_t n = 0;                    ///< sum of the counts, at most 2^53
  std::span<const double> probability{};  ///< a table's own law in the same order, or empty
  double uniform = 0.5;                   ///< in (0, 1), addressed by the point: for the randomised p-value
};

/// The pooled cell that is the hardest to believe.
struct LargestResidual {
  double residual = std::numeric_limits<double>::quiet_NaN();  ///< (observed - expected) / standard
                                                               ///< deviation; NaN for fewer than two cells
  PValue p;              ///< its two-sided exact binomial p-value times the number of cells (Bonferroni)
  std::size_t cell = 0;  ///< its place among the cells of chi_square_test, which begin at the rare end
};

/// What the draws of a point say about their law. "A rare p" is a reason to look, the verdict is the grid's.
struct PointStatistics {
  ChiSquare chi_square{};
  TemperatureScore temperature{};
  PValue top_count{};               ///< two-sided exact binomial of the top group
  double top_count_randomised = 0;  ///< exactly uniform under the law, at every n and T
  LargestResidual residual{};
  double total_variation = 0;
  double empirical_kl_divergence = 0;  ///< sum f log2(f/p) = G/(2n ln 2), bit; inf where p = 0 was drawn
  double empirical_entropy = 0;  ///< -sum f log2 f, bit: low by about (k - 1)/(2 n ln 2), k tokens drawn
  double empirical_entropy_corrected = 0;  ///< with that put back (Miller 1955, Madow 1948), bit
  double mean_surprisal = 0;               ///< mean of -log2 p over the draws, bit: the entropy without bias
  double detectable_temperature_error = 0;
  double detectable_total_variation = 0;
  double rank_swap = 0;  ///< rank_swap_probability of the top token and its first rival below
};

/// Working memory of judge_point, one per thread.
struct PointScratch {
  ChiSquareScratch chi_square;
  std::vector<double> probability;
  power::NonCentralities non_centralities;
};

/// What takes a row: O(V), with about a dozen exponentials a token. The same bits on every machine, and from
/// the kernels that do the same (math/judge_sums.hpp). Leaves the pooled cells in `scratch`. Throws
/// std::invalid_argument when the sizes differ or the first depth is not 0.
[[nodiscard]] JudgedSums sum_point(const PointCase& point, PointScratch& scratch);

/// What takes none: p-values. \param known  one a thread
[[nodiscard]] PointStatistics finish_point(const JudgedSums& sums, double uniform,
                                           power::NonCentralities& known);

/// The referee: both. After n = 0 draws there is no test: p-values are 1 or NaN.
[[nodiscard]] PointStatistics judge_point(const PointCase& point, PointScratch& scratch);

/// The most extreme of the pooled cells that chi_square_test left in `cells`: of the five that an estimate
/// puts first (math/residual_rank.hpp) the one with the smallest exact p.
[[nodiscard]] LargestResidual largest_residual(const ChiSquareScratch& cells, std::uint64_t n);

}  // namespace tempsweep
