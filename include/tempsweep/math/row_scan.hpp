// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tempsweep {

/// Whether a row is a law. The values are those of the file's `row_status`.
enum class RowStatus : std::int8_t { ok = 0, all_masked = 1, not_a_number = 2, positive_infinity = 3 };

/// What a row of logits is, whatever the temperature. A logit of −inf is a masked token.
struct RowScan {
  RowStatus status = RowStatus::ok;
  std::int64_t bad_column = -1;  ///< first NaN or +inf, −1 when there is none
  std::int64_t unmasked = 0;     ///< U
  std::int64_t ties = 0;         ///< g, tokens equal to the maximum
  std::int64_t top_token = -1;   ///< lowest index among the ties
  double maximum = 0;            ///< m
  double second = 0;             ///< l₂, largest logit below m; equal to m when there is none
  double deepest = 0;            ///< smallest unmasked logit
};

}  // namespace tempsweep
