// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <span>

#include "tempsweep/core/p_value.hpp"
#include "tempsweep/stats/point_law.hpp"

namespace tempsweep {

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

/// b is the fit (FitSums in math/judged_sums.hpp): w = sign(b - beta) sqrt(2 n gain), v = (b - beta) sqrt(n
/// Var_b(l)).
/// NaN where there is no test. z, root: no variance (a flat row, T = 0), or no draws. Both p-values: besides
/// where n P(rest) < 5 or skew(l)^2 > n/5, since there the normal law is no guide to the tails: the exact
/// binomial of the top group stands in.
[[nodiscard]] TemperatureScore score_temperature(const PointLaw& law, std::span<const std::uint64_t> counts,
                                                 std::uint64_t n);

}  // namespace tempsweep
