// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace tempsweep {

// Empirical counts against an analytical law. Counts are exact: n up to 2^53. G (the likelihood ratio) has no
// p-value here on purpose: on flat and long-tailed laws its chi-square approximation rejects 8 to 100 % at a
// nominal 5 %.

/// Pearson's X^2 after pooling.
struct ChiSquare {
  double statistic;
  double dof;          ///< cells - 1; 0 where everything fell into one cell: nothing was tested
  double bins_pooled;  ///< tokens of positive probability merged away: their number - cells
  double p_value;      ///< 0 below the smallest double; log10_p goes on
  double log10_p;
};

/// Working memory of chi_square_test, one per thread.
struct ChiSquareScratch {
  std::vector<double> expected;
  std::vector<double> observed;
};

/// Pearson's test of counts against a law.
/// `probability`: descending, >= 0, sum 1 to rounding; `counts` in the same order, sum n.
/// Pooling looks at expectations only: tokens with n p >= 5 are cells; from the rare end neighbours join
/// until they reach 5; what is left over between the two joins the last cell made so, or the rarest single
/// token where none was made. p-value: a shifted gamma law with the exact mean, variance and third moment of
/// X^2 under the multinomial law (mean and variance: Haldane 1937, Biometrika 29); it tends to chi^2 with
/// cells - 1 degrees as n grows. Fewer than two cells: statistic 0, dof 0, p 1. A count on a token of
/// probability 0: statistic inf, p 0. Throws std::invalid_argument when the sizes differ.
[[nodiscard]] ChiSquare chi_square_test(std::span<const double> probability,
                                        std::span<const std::uint64_t> counts, std::uint64_t n,
                                        ChiSquareScratch& scratch);

/// sum |count/n - p| / 2 over single tokens, in [0, 1]; 0 for n = 0. Same order in both; throws
/// std::invalid_argument when the sizes differ.
[[nodiscard]] double total_variation(std::span<const double> probability,
                                     std::span<const std::uint64_t> counts, std::uint64_t n);

}  // namespace tempsweep
