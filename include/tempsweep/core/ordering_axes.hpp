// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tempsweep/math/ordering.hpp"

namespace tempsweep {

/// Levels of the metrics that follow from the order of the tokens, each list strictly increasing; a metric
/// whose list is empty is not wanted.
struct OrderingAxes {
  std::vector<double> nucleus_masses;  ///< in (0, 1], of nucleus_size
  std::vector<std::int64_t> top_k;     ///< ≥ 1, of top_k_mass
  std::vector<double> min_p_levels;    ///< in [0, 1], of min_p_survivors
  std::vector<double> thresholds;      ///< in [0, 1], of tokens_above

  /// Results a grid point has, 8 bytes each.
  [[nodiscard]] std::size_t values() const {
    return nucleus_masses.size() + top_k.size() + min_p_levels.size() + thresholds.size();
  }
  [[nodiscard]] bool any() const { return values() > 0; }
};

/// The decimal number that a level was written as: that of the fewest digits which reads as this double, or
/// the double itself where it takes more than 15. The second part is what the double lacks.
/// \param level  in [0, 1]
[[nodiscard]] DoubleDouble decimal_level(double level);

/// The levels as the mathematics takes them.
class OrderingLists {
 public:
  explicit OrderingLists(const OrderingAxes& axes);
  [[nodiscard]] const std::vector<DoubleDouble>& nucleus_masses() const { return nucleus_masses_; }
  [[nodiscard]] const std::vector<std::int64_t>& top_k() const { return top_k_; }
  [[nodiscard]] const std::vector<DoubleDouble>& min_p() const { return min_p_; }
  [[nodiscard]] const std::vector<DoubleDouble>& thresholds() const { return thresholds_; }
  /// Valid as long as this object is.
  [[nodiscard]] OrderingLevels view() const;

 private:
  std::vector<DoubleDouble> nucleus_masses_;
  std::vector<std::int64_t> top_k_;
  std::vector<DoubleDouble> min_p_;
  std::vector<DoubleDouble> thresholds_;
};

}  // namespace tempsweep
