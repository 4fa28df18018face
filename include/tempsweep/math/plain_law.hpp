// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tempsweep/math/bits.hpp"
#include "tempsweep/math/host_device.hpp"

namespace tempsweep {

/// A Law far from every limit (0 < T < ∞, nothing near the ends of the doubles), for loops over many
/// temperatures: the same members, all of them ordinary numbers, so that a formula of metrics.hpp written
/// once serves both, and vectorises here.
struct PlainLaw {
  /// Scaled's interface on a double.
  struct Factor {
    double number = 0;
    [[nodiscard]] TEMPSWEEP_HD double value() const { return number; }
    [[nodiscard]] TEMPSWEEP_HD double times(double factor) const { return number * factor; }
    friend TEMPSWEEP_HD Factor operator*(Factor a, double factor) { return {a.number * factor}; }
  };

  static constexpr bool zero_limit = false;
  double beta = 1;
  double maximum = 0;
  double ties = 1;
  double log_ties = 0;
  double weight_total = 1;  ///< g + Z′
  double log_rest_value = 0;
  double squares = 0;
  double depth = 0;
  double deviation = 0;
  Factor rest_probability;
  double shifted_log_partition = 0;
  double entropy_nat = 0;
  double exp_entropy = 1;
  double unit_log_partition = ieee::nan;
  double label_depth = ieee::nan;

  [[nodiscard]] TEMPSWEEP_HD double total() const { return weight_total; }
  [[nodiscard]] TEMPSWEEP_HD double log_rest() const { return log_rest_value; }
  [[nodiscard]] TEMPSWEEP_HD double effective_tokens() const { return exp_entropy; }
};

}  // namespace tempsweep
