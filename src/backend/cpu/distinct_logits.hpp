// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace tempsweep::cpu {

/// The logits of a row, of which those below the maximum and not masked are inserted.
struct InsertedRow {
  const double* logits;
  std::int64_t count;
  double maximum;
  double second;  ///< l₂
};

/// Logits that were 16-bit floats repeat: each distinct value once, with how often it stands in the row.
class DistinctLogits {
 public:
  /// Counts the rest of a row. False, and nothing counted, unless every logit is a number of at most ten
  /// mantissa bits between 2^−24 and 2^16 in size, or zero, or masked.
  bool collect(const InsertedRow& row);

  /// Depths l₂ − l, in an order that the values alone determine.
  [[nodiscard]] std::span<const double> depths() const { return depths_; }
  [[nodiscard]] std::span<const double> counts() const { return counts_; }

 private:
  std::vector<std::uint32_t> table_;
  std::vector<double> depths_, counts_;
};

}  // namespace tempsweep::cpu
