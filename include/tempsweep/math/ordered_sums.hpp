// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cfloat>
#include <cmath>
#include <cstdint>

#include "tempsweep/math/double_double.hpp"
#include "tempsweep/math/exp2.hpp"
#include "tempsweep/math/host_device.hpp"
#include "tempsweep/math/ordered_row.hpp"

namespace tempsweep {

/// What a sum of OrderedSums may err by, relatively: 2e-15 by truncation, 1.5e-14 and 2e-15 a level for the
/// moments, 3e-16 for a weight; what is left out weighs 2⁻⁵⁶ at most, and adding up is compensated.
inline constexpr double order_sum_error = 0x1p-43;

/// Weights e^(−βd) of a row's first tokens in order, at one finite β > 0. Where the depths of a run lie
/// within 1/β of one another its moments stand for it, so that a sum costs some hundred operations for every
/// unit of βd that matters, not one exponential a token. Same bits on every machine.
class OrderedSums {
 public:
  /// How far a walk along the order has come.
  struct Walk {
    std::int64_t tokens = 0;
    double sum = 0;
    double low = 0;
    [[nodiscard]] TEMPSWEEP_HD double value() const { return sum + low; }
    TEMPSWEEP_HD void add(double term, std::int64_t count) {
      const DoubleDouble next = two_sum(sum, term);
      sum = next.high;
      low += next.low;
      tokens += count;
    }
  };

  TEMPSWEEP_HD OrderedSums(const OrderedRow& row, double beta) : row_(row), beta_(beta) {
    // U·e^(−x) ≤ e^−39 < 2^−56 where x ≥ 39 + ln U.
    int bits = 0;
    for (std::int64_t tokens = row.unmasked; tokens > 0; tokens /= 2) {
      ++bits;
    }
    reached_ = count_within(39 + weight_constant::ln_2 * bits);
  }

  /// Tokens with βd ≤ x: a prefix of the order.
  [[nodiscard]] TEMPSWEEP_HD std::int64_t count_within(double x) const {
    std::int64_t low = 0;
    std::int64_t high = row_.unmasked;
    while (low < high) {
      const std::int64_t middle = low + (high - low) / 2;
      if (beta_ * row_.depths[middle] <= x) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// Tokens behind which nothing counts in double precision.
  [[nodiscard]] TEMPSWEEP_HD std::int64_t reached() const { return reached_; }

  /// Σw of the first `count` tokens; of all when that is `reached()` or more.
  [[nodiscard]] TEMPSWEEP_HD double prefix(std::int64_t count) const {
    const std::int64_t end = count < reached_ ? count : reached_;
    Walk walk;
    while (walk.tokens < end) {
      const Step step = next_step(walk.tokens, end, highest_level);
      if (step.node != nullptr) {
        walk.add(node_sum(step), step.tokens);
      } else {
        for (std::int64_t i = 0; i < step.tokens; ++i) {
          walk.add(table_weight(row_.depths[walk.tokens], beta_), 1);
        }
      }
    }
    return walk.value();
  }

  /// Walks on until the sum reaches `target`, or `reached()`; stops at the very token.
  TEMPSWEEP_HD void walk_to(double target, Walk& walk) const {
    int highest = highest_level;
    while (walk.tokens < reached_ && walk.value() < target) {
      const Step step = next_step(walk.tokens, reached_, highest);
      if (step.node == nullptr) {
        for (std::int64_t i = 0; i < step.tokens && walk.value() < target; ++i) {
          walk.add(table_weight(row_.depths[walk.tokens], beta_), 1);
        }
        continue;
      }
      Walk behind = walk;
      behind.add(node_sum(step), step.tokens);
      if (behind.value() < target) {
        walk = behind;
      } else {
        highest = step.level - 1;
      }
    }
  }

 private:
  static constexpr int highest_level = 62;

  /// The next tokens: a node, or so many tokens by themselves.
  struct Step {
    const OrderedNode* node = nullptr;
    std::int64_t tokens = 0;
    int level = -1;
  };

  /// The largest narrow node that begins at a token and ends by `end`, no higher than `highest`; where there
  /// is none, the tokens up to the end of their leaf.
  [[nodiscard]] TEMPSWEEP_HD Step next_step(std::int64_t first, std::int64_t end, int highest) const {
    const std::int64_t to_leaf = order_leaf - first % order_leaf;
    Step best{nullptr, to_leaf < end - first ? to_leaf : end - first, -1};
    const OrderedNode* level_nodes = row_.nodes;
    std::int64_t count = order_leaves(row_.unmasked);
    std::int64_t size = order_leaf;
    for (int level = 0; level <= highest && first % size == 0; ++level) {
      const std::int64_t stop = first + size < row_.unmasked ? first + size : row_.unmasked;
      const OrderedNode* const node = level_nodes + first / size;
      if (stop > end || !(beta_ * node->half <= order_reach)) {
        break;
      }
      best = {node, stop - first, level};
      if (count == 1) {
        break;
      }
      level_nodes += count;
      count = (count + 1) / 2;
      size *= 2;
    }
    return best;
  }

  [[nodiscard]] TEMPSWEEP_HD double node_sum(const Step& step) const {
    const double x = -beta_ * step.node->half;
    double sum = step.node->moment[order_powers - 1];
    for (int k = order_powers - 2; k >= 0; --k) {
      sum = std::fma(sum, x, step.node->moment[k]);
    }
    return table_weight(step.node->centre, beta_) * std::fma(sum, x, static_cast<double>(step.tokens));
  }

  OrderedRow row_;
  double beta_;
  std::int64_t reached_ = 0;
};

}  // namespace tempsweep
