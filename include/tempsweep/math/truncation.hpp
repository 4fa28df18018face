// SPDX-License-Identifier: Apache-2.0
// Truncated laws: how many tokens top-k, top-p and min-p leave. Temperature never changes the order of the
// tokens (logit descending, ties by lower index), so the survivors are always its first so many. The integer
// is that of the definition to about 30 digits, as for the metrics of the order, but for survivor_slack.
#pragma once

#include <cstdint>

#include "tempsweep/math/double_double.hpp"
#include "tempsweep/math/host_device.hpp"
#include "tempsweep/math/ordering.hpp"

namespace tempsweep {

/// Levels of a truncation, applied in this order. Decimal numbers in two parts, as in OrderingLevels.
struct SurvivorLevels {
  std::int64_t top_k = INT64_MAX;  ///< ≥ 1
  DoubleDouble top_p{1, 0};        ///< in (0, 1], of the law renormalised after top_k
  DoubleDouble min_p{0, 0};        ///< in [0, 1], of the top token's probability
};

/// A level is reached by what lacks no more of it than logits in double precision may be out by: ln 0.5 and
/// ln 0.3 are no doubles, and 0.5 and 0.3 together are to reach 0.8. Relative to the smaller of p and 1 − p,
/// since such an error moves the mass and the tail in proportion.
inline constexpr double survivor_slack = 0x1p-44;

/// The least mass, or weight relative to the top, that reaches `level` in [0, 1].
TEMPSWEEP_HD inline DoubleDouble reaching(DoubleDouble level) {
  const double rest = 1 - level.high;
  const double share = level.high < rest ? level.high : rest;
  return level + DoubleDouble{-survivor_slack * share, 0};
}

/// Survivors of a row at one temperature, from 1 to the number of unmasked tokens. In the limit T → 0 what
/// has no probability may be counted: it has no weight either.
TEMPSWEEP_HD inline std::int64_t survivors(const OrderedRow& row, double temperature,
                                           const SurvivorLevels& levels) {
  std::int64_t left = levels.top_k < row.unmasked ? levels.top_k : row.unmasked;
  if (!(levels.top_p.high < 1) && !(levels.min_p.high > 0)) {
    return left;
  }
  const OrderedLaw law(row, temperature);
  if (levels.top_p.high < 1) {
    left = law.nucleus_within(reaching(levels.top_p), left);
  }
  const std::int64_t likely = law.min_p_survivors(reaching(levels.min_p));
  left = likely < left ? likely : left;
  return left < 1 ? 1 : left;
}

}  // namespace tempsweep
