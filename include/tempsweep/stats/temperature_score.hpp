// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "tempsweep/core/p_value.hpp"
#include "tempsweep/stats/point_law.hpp"

namespace tempsweep {

/// The inverse temperature that draws look like: the maximum of their likelihood over the family
/// p_b(d) ~ e^(-b d) on the finite depths, where the mean depth under b equals that of the draws.
/// Every draw on the top group: b = +inf. Mean depth that of the flat law: b = 0. Deeper still: b < 0 (hotter
/// than any temperature); every draw on the deepest tokens: b = -inf.
struct TemperatureFit {
  double beta;            ///< NaN where all finite depths are equal, and for no draws
  double variance;        ///< Var_b(l); 0 where b is infinite
  double log_likelihood;  ///< ln of (likelihood at b / likelihood at the law's beta) a draw, >= 0
};

/// Working memory, one per thread.
struct TemperatureScratch {
  std::vector<double> reversed;
  std::vector<std::uint64_t> reversed_counts;
};

/// Bracketed Newton in ln|b| on ln of the mean depth, from the law's own beta.
/// `counts` in the order of the law; those of infinite depth do not count.
[[nodiscard]] TemperatureFit fit_temperature(const PointLaw& law, std::span<const std::uint64_t> counts,
                                             TemperatureScratch& scratch);

/// The one-degree test along temperature. The mean logit is the sufficient statistic of beta, so it holds all
/// that the draws say about their temperature.
struct TemperatureScore {
  double z = std::numeric_limits<double>::quiet_NaN();  ///< (mean logit of the draws - <l>) / sqrt(Var(l) /
                                                        ///< n): > 0 when they look colder
  PValue score_p;                                       ///< two-sided normal
  double root = std::numeric_limits<double>::quiet_NaN();  ///< r* = w + ln(v/w)/w of Lugannani & Rice 1980
                                                           ///< and Barndorff-Nielsen 1986
  PValue root_p;  ///< two-sided normal; 2 p^n where b is infinite, with p the group that took all draws
  double effective_temperature =
      std::numeric_limits<double>::quiet_NaN();  ///< 1/b: 0 for b = +inf, inf for b = 0, negative for b < 0
  double effective_temperature_error =
      std::numeric_limits<double>::quiet_NaN();  ///< T^2/sqrt(n Var_b(l)) = |T|/sqrt(n C); NaN where b is
                                                 ///< infinite
};

/// w = sign(b - beta) sqrt(2 n log_likelihood), v = (b - beta) sqrt(n Var_b(l)).
/// NaN where there is no test. z, root: no variance (a flat row, T = 0), or no draws. Both p-values: besides
/// where n P(rest) < 5 or skew(l)^2 > n/5, since there the normal law is no guide to the tails: the exact
/// binomial of the top group stands in.
[[nodiscard]] TemperatureScore score_temperature(const PointLaw& law, std::span<const std::uint64_t> counts,
                                                 std::uint64_t n, TemperatureScratch& scratch);

}  // namespace tempsweep
