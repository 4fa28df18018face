// SPDX-License-Identifier: Apache-2.0
// What depends on the order of a row's tokens, at one temperature. A search in sums of double precision finds
// the place; where their error could move the answer, sums of about 100 bits over the row itself decide. So
// the integers are those of the definitions, and the same for every backend and method (docs/numerics.md).
#pragma once

#include <cmath>
#include <cstdint>

#include "tempsweep/math/double_double.hpp"
#include "tempsweep/math/host_device.hpp"
#include "tempsweep/math/law.hpp"
#include "tempsweep/math/ordered_sums.hpp"

namespace tempsweep {

/// Levels and where their results go at one point: [count] each, in the order of the levels.
struct OrderingPoint {
  std::int64_t* nucleus_size;
  double* top_k_mass;
  std::int64_t* min_p_survivors;
  std::int64_t* tokens_above;
};

/// The levels of the four metrics. A level is a decimal number, in two parts: 0.9 is none of the doubles.
struct OrderingLevels {
  const DoubleDouble* nucleus_masses;  ///< in (0, 1], ascending
  const std::int64_t* top_k;           ///< ≥ 1
  const DoubleDouble* min_p;           ///< in [0, 1], of the top token's probability
  const DoubleDouble* thresholds;      ///< in [0, 1]
  std::int64_t mass_count, k_count, min_p_count, threshold_count;
};

/// A row's law at one temperature, as its order sees it.
class OrderedLaw {
 public:
  TEMPSWEEP_HD OrderedLaw(const OrderedRow& row, double temperature)
      : row_(row),
        beta_(is_zero_limit(temperature) ? 0 : inverse_temperature(temperature)),
        sums_(row, beta_) {
    if (is_zero_limit(temperature) || row.ties == row.unmasked) {
      sharers_ = row.ties;
    } else if (beta_ == 0) {
      sharers_ = row.unmasked;
    } else {
      total_ = sums_.prefix(row.unmasked);
    }
  }

  /// Fewest tokens, most probable first, whose probabilities add up to `mass`; all that are possible for 1.
  /// Masses must ascend from call to call: each search goes on where the last one ended.
  [[nodiscard]] TEMPSWEEP_HD std::int64_t nucleus_size(DoubleDouble mass) {
    if (sharers_ > 0) {
      return shared_nucleus(mass.high, sharers_);
    }
    if (mass.high >= 1) {
      return row_.unmasked;
    }
    const double target = mass.high * total_;
    sums_.walk_to(target * (1 - slack), walk_);
    const bool clear = walk_.value() >= target * (1 + slack);
    return clear ? walk_.tokens : exact_nucleus(mass, exact_total(), walk_.tokens);
  }

  /// The same of the law renormalised on the `first` most probable tokens, 1 ≤ first ≤ U. Masses need not
  /// ascend.
  [[nodiscard]] TEMPSWEEP_HD std::int64_t nucleus_within(DoubleDouble mass, std::int64_t first) const {
    if (sharers_ > 0) {
      return shared_nucleus(mass.high, first < sharers_ ? first : sharers_);
    }
    if (mass.high >= 1) {
      return first;
    }
    const double target = mass.high * (first < row_.unmasked ? sums_.prefix(first) : total_);
    OrderedSums::Walk walk;
    sums_.walk_to(target * (1 - slack), walk);
    const std::int64_t least = walk.tokens < first ? walk.tokens : first;
    const bool clear = walk.value() >= target * (1 + slack);
    const std::int64_t size = clear ? least : exact_nucleus(mass, exact_prefix(first), least);
    return size < first ? size : first;
  }

  /// Probability of the k ≥ 1 most probable tokens together, relative error below 2⁻⁴².
  [[nodiscard]] TEMPSWEEP_HD double top_k_mass(std::int64_t k) const {
    if (sharers_ > 0) {
      return k < sharers_ ? static_cast<double>(k) / static_cast<double>(sharers_) : 1;
    }
    const double mass = k < row_.unmasked ? sums_.prefix(k) / total_ : 1;
    return mass < 1 ? mass : 1;
  }

  /// Tokens at least `level` times as probable as the top token.
  [[nodiscard]] TEMPSWEEP_HD std::int64_t min_p_survivors(DoubleDouble level) const {
    if (level.high <= 0) {
      return row_.unmasked;
    }
    if (level.high >= 1 && !everywhere()) {
      return row_.ties;
    }
    return sharers_ > 0 ? sharers_ : count_reaching(level, {1, 0}, -std::log(level.high), false);
  }

  /// Tokens whose probability is above `threshold`.
  [[nodiscard]] TEMPSWEEP_HD std::int64_t tokens_above(DoubleDouble threshold) {
    if (sharers_ > 0) {
      const DoubleDouble all = threshold * DoubleDouble{static_cast<double>(sharers_), 0};
      return all * DoubleDouble{1, exact_slack} < DoubleDouble{1, 0} ? sharers_ : 0;
    }
    if (threshold.high <= 0) {
      return row_.unmasked;
    }
    if (threshold.high >= 1) {
      return 0;
    }
    const double depth = -(std::log(threshold.high) + std::log(total_));
    const std::int64_t sure = sums_.count_within(depth - blur(depth));
    if (sure == sums_.count_within(depth + blur(depth))) {
      return sure;
    }
    return count_reaching(threshold, exact_total(), depth, true);
  }

 private:
  /// Of the quotient of two sums, and what comparing in double adds.
  static constexpr double slack = 4 * order_sum_error;
  /// Exact sums err by less: what lies nearer to a level than this, relatively, reaches it.
  static constexpr double exact_slack = 0x1p-80;

  [[nodiscard]] TEMPSWEEP_HD bool everywhere() const { return sharers_ == row_.unmasked; }

  /// What logarithms, the total and a product βd may be out by.
  [[nodiscard]] TEMPSWEEP_HD double blur(double depth) const {
    return slack + 0x1p-50 * (std::fabs(depth) + 2 * std::log(total_ + 1));
  }

  /// k/n in double, as the probability it is: the least k that reaches the mass.
  [[nodiscard]] static TEMPSWEEP_HD std::int64_t shared_nucleus(double mass, std::int64_t sharers) {
    const auto n = static_cast<double>(sharers);
    auto k = static_cast<std::int64_t>(mass * n);
    while (k < sharers && static_cast<double>(k) / n < mass) {
      ++k;
    }
    while (k > 1 && static_cast<double>(k - 1) / n >= mass) {
      --k;
    }
    return k;
  }

  /// Σw, summed to the point where nothing counts any more at the exact slack.
  [[nodiscard]] TEMPSWEEP_HD DoubleDouble exact_total() {
    if (!(exact_total_.high > 0)) {
      exact_total_ = exact_prefix(row_.unmasked);
    }
    return exact_total_;
  }

  [[nodiscard]] TEMPSWEEP_HD DoubleDouble exact_prefix(std::int64_t count) const {
    constexpr double negligible = 90;  // U·e^−90 < 2^−98
    DoubleDouble sum;
    for (std::int64_t i = 0; i < count && beta_ * row_.depths[i] < negligible; ++i) {
      sum = sum + exact_weight_value(row_.depths[i], beta_);
    }
    return sum;
  }

  /// The answer, given that no fewer tokens than `least` reach the mass.
  [[nodiscard]] TEMPSWEEP_HD std::int64_t exact_nucleus(DoubleDouble mass, DoubleDouble total,
                                                        std::int64_t least) const {
    const DoubleDouble target = mass * total * DoubleDouble{1, -exact_slack};
    std::int64_t count = least;
    DoubleDouble sum = exact_prefix(count);
    while (sum < target && count < row_.unmasked) {
      sum = sum + exact_weight_value(row_.depths[count], beta_);
      ++count;
    }
    return count;
  }

  /// Tokens with w ≥ level·unit, or strictly above it. \param depth  −ln(level·unit), nearly.
  [[nodiscard]] TEMPSWEEP_HD std::int64_t count_reaching(DoubleDouble level, DoubleDouble unit, double depth,
                                                         bool strictly) const {
    const DoubleDouble margin{1, strictly ? exact_slack : -exact_slack};
    std::int64_t low = sums_.count_within(depth - blur(depth));
    std::int64_t high = sums_.count_within(depth + blur(depth));
    while (low < high) {
      const std::int64_t middle = low + (high - low) / 2;
      const ShiftedWeight weight = exact_weight(row_.depths[middle], beta_);
      const DoubleDouble shifted{std::ldexp(level.high, weight.shift), std::ldexp(level.low, weight.shift)};
      if (weight.mantissa < shifted * unit * margin) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  OrderedRow row_;
  double beta_;  ///< 0 in the limit T → 0 as well
  OrderedSums sums_;
  std::int64_t sharers_ = 0;  ///< tokens with equal shares of everything, where the law is such; else 0
  double total_ = 1;          ///< Σw
  DoubleDouble exact_total_;
  OrderedSums::Walk walk_;
};

/// What a count holds in a row that is no law.
inline constexpr std::int64_t missing_count = -1;

/// The results of a row that is no law.
TEMPSWEEP_HD inline void missing_ordering(const OrderingLevels& levels, const OrderingPoint& out) {
  for (std::int64_t i = 0; i < levels.mass_count; ++i) {
    out.nucleus_size[i] = missing_count;
  }
  for (std::int64_t i = 0; i < levels.k_count; ++i) {
    out.top_k_mass[i] = ieee::nan;
  }
  for (std::int64_t i = 0; i < levels.min_p_count; ++i) {
    out.min_p_survivors[i] = missing_count;
  }
  for (std::int64_t i = 0; i < levels.threshold_count; ++i) {
    out.tokens_above[i] = missing_count;
  }
}

/// Everything that is asked for of one row at one temperature.
TEMPSWEEP_HD inline void evaluate_ordering(const OrderedRow& row, double temperature,
                                           const OrderingLevels& levels, const OrderingPoint& out) {
  OrderedLaw law(row, temperature);
  for (std::int64_t i = 0; i < levels.mass_count; ++i) {
    out.nucleus_size[i] = law.nucleus_size(levels.nucleus_masses[i]);
  }
  for (std::int64_t i = 0; i < levels.k_count; ++i) {
    out.top_k_mass[i] = law.top_k_mass(levels.top_k[i]);
  }
  for (std::int64_t i = 0; i < levels.min_p_count; ++i) {
    out.min_p_survivors[i] = law.min_p_survivors(levels.min_p[i]);
  }
  for (std::int64_t i = 0; i < levels.threshold_count; ++i) {
    out.tokens_above[i] = law.tokens_above(levels.thresholds[i]);
  }
}

}  // namespace tempsweep
