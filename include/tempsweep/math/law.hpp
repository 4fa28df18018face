// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cfloat>
#include <cmath>

#include "tempsweep/math/bits.hpp"
#include "tempsweep/math/host_device.hpp"
#include "tempsweep/math/row_scan.hpp"
#include "tempsweep/math/scaled.hpp"

namespace tempsweep {

/// Sums at one β over the tokens below the top group, anchored at l₂: w = e^(−βy), y = l₂ − l ≥ 0. The unit
/// of weight is e^(−β·shift): 1 unless a method finds it easier to sum from another depth.
struct RestSums {
  double weight = 0;    ///< Z″ = Σw, in that unit (≥ 1 where shift is 0, unless there is no rest)
  double depth = 0;     ///< μ = Σyw/Z″, logit
  double variance = 0;  ///< V″ = Σ(y − μ)²w/Z″, logit²
  double squares = 0;   ///< Z″(2β) = Σw², in that unit squared
  double shift = 0;     ///< logit
};

/// One row at one temperature: everything the metrics are functions of.
///
/// The g tied top tokens stand apart from the rest, so that no metric subtracts large numbers: entropy,
/// variance and slopes keep their relative accuracy as T → 0, where all of them vanish. Every limit (T = 0, T
/// = ∞, no rest) is settled in make_law(), and nowhere else.
struct Law {
  double temperature = 1;
  double beta = 1;          ///< fl(1/T); 0 at T = ∞ and, by convention, in the limit T → 0
  bool zero_limit = false;  ///< T = 0, or so small that 1/T is infinite
  double maximum = 0;       ///< m, logit
  double ties = 1;          ///< g
  double log_ties = 0;      ///< ln g
  Scaled rest;  ///< Z′ = e^(−β(m − l₂))·Z″: weight of the rest where one top token weighs 1
  double squares = 0;                ///< Σw² of the rest in the same unit
  double depth = 0;                  ///< Y, mean depth of the rest below m, logit
  double deviation = 0;              ///< √V″, logit
  Scaled rest_probability;           ///< p′ = Z′/(g + Z′)
  double shifted_log_partition = 0;  ///< ln(g + Z′) = ln Z − βm
  double entropy_nat = 0;            ///< H = ln g + log1p(Z′/g) + βp′Y
  // References at other temperatures or tokens; NaN where they were not asked for.
  double unit_log_partition = ieee::nan;  ///< ln(g + Z′) of the same row at T = 1
  double label_depth = ieee::nan;         ///< m − l of the label; ∞ when it is masked

  /// g + Z′ without cancellation.
  [[nodiscard]] TEMPSWEEP_HD double total() const { return ties + rest.value(); }
  /// ln((g + Z′)/g).
  [[nodiscard]] TEMPSWEEP_HD double log_rest() const { return std::log1p(rest.value() / ties); }
  /// e^H.
  [[nodiscard]] TEMPSWEEP_HD double effective_tokens() const { return std::exp(entropy_nat); }
};

/// 1/T as every backend takes it, with −0 read as +0.
TEMPSWEEP_HD inline double inverse_temperature(double temperature) {
  return 1.0 / (temperature + 0.0);
}

/// True where T stands for the limit T → 0.
TEMPSWEEP_HD inline bool is_zero_limit(double temperature) {
  return std::isinf(inverse_temperature(temperature));
}

/// m − l₂, finite even where the difference is not: at T = ∞ every token counts, however deep.
TEMPSWEEP_HD inline double top_gap(const RowScan& row) {
  const double gap = row.maximum - row.second;
  return gap < DBL_MAX ? gap : DBL_MAX;
}

/// Puts the top group back on top of the rest (source: method of the shifted moments, docs/numerics.md).
TEMPSWEEP_HD inline Law make_law(const RowScan& row, double temperature, const RestSums& rest) {
  Law law;
  law.temperature = temperature;
  law.maximum = row.maximum;
  law.ties = static_cast<double>(row.ties);
  law.log_ties = std::log(law.ties);
  law.zero_limit = is_zero_limit(temperature);
  law.beta = law.zero_limit ? 0 : inverse_temperature(temperature);
  if (!law.zero_limit && rest.weight > 0) {
    const double gap = top_gap(row);
    const Scaled step = exp_minus_product(law.beta, gap + rest.shift);
    law.rest = step * rest.weight;
    law.squares = Scaled{step.mantissa * step.mantissa * rest.squares, 2 * step.exponent}.value();
    law.depth = gap + rest.depth;
    law.deviation = std::sqrt(rest.variance);
    law.rest_probability = law.rest * (1 / law.total());
  }
  law.shifted_log_partition = law.log_ties + law.log_rest();
  law.entropy_nat = law.shifted_log_partition + law.rest_probability.times(law.beta * law.depth);
  return law;
}

}  // namespace tempsweep
