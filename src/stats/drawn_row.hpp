// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>

#include "tempsweep/math/exp2.hpp"
#include "tempsweep/math/lane_sums.hpp"

namespace tempsweep::stats {

/// A point in memory, as math/judge_sums.hpp takes it. Its pointers must outlive it.
class DrawnRow {
 public:
  /// \param depth    ascending, the first 0; +inf for what cannot be drawn
  /// \param storage  as long: takes the probabilities
  DrawnRow(std::span<const double> depth, double inverse_temperature, double* storage)
      : tokens(std::ssize(depth)),
        ties(std::upper_bound(depth.begin(), depth.end(), 0.0) - depth.begin()),
        finite(std::lower_bound(depth.begin(), depth.end(), std::numeric_limits<double>::infinity()) -
               depth.begin()),
        beta(inverse_temperature),
        depth_(depth.data()),
        storage_(storage) {}

  /// Probabilities of a table's own instead of those of the depths.
  void give(std::span<const double> probability) { given_ = probability.data(); }
  void draw(std::span<const std::uint64_t> counts, std::uint64_t draws) {
    counts_ = counts.data();
    n = static_cast<double>(draws);
  }

  [[nodiscard]] double depth(std::int64_t i) const { return depth_[i]; }
  [[nodiscard]] double count(std::int64_t i) const { return count_value(counts_[i]); }
  [[nodiscard]] bool given() const { return given_ != nullptr; }
  [[nodiscard]] double probability(std::int64_t i) const { return probability_[i]; }
  /// Leaves the weight in the storage.
  [[nodiscard]] double weight(std::int64_t i) const { return storage_[i] = table_weight(depth_[i], beta); }
  /// Makes probabilities of the weights.
  void set_total(double total) {
    probability_ = given() ? given_ : storage_;
    if (!given()) {
      std::fill_n(storage_, ties, 1 / total);
      std::transform(storage_ + ties, storage_ + finite, storage_ + ties,
                     [total](double weight) { return weight / total; });
      std::fill(storage_ + finite, storage_ + tokens, 0.0);
    }
  }
  /// For sums that take the probabilities as they are.
  void use(std::span<const double> probability) { probability_ = probability.data(); }

  std::int64_t tokens, ties, finite;
  double beta;
  double n = 0;

 private:
  const double* depth_;
  double* storage_;
  const double* given_ = nullptr;
  const double* probability_ = nullptr;
  const std::uint64_t* counts_ = nullptr;
};

}  // namespace tempsweep::stats
