// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tempsweep/math/bits.hpp"
#include "tempsweep/math/host_device.hpp"

namespace tempsweep {

/// Whether a row is a law. The values are those of the file's `row_status`.
enum class RowStatus : std::int8_t { ok = 0, all_masked = 1, not_a_number = 2, positive_infinity = 3 };

/// What a row of logits is, whatever the temperature. A logit of −inf is a masked token.
struct RowScan {
  RowStatus status = RowStatus::ok;
  std::uint8_t unused[7] = {};   ///< no hole: whole records are copied from memory that a kernel wrote
  std::int64_t bad_column = -1;  ///< first NaN or +inf, −1 when there is none
  std::int64_t unmasked = 0;     ///< U
  std::int64_t ties = 0;         ///< g, tokens equal to the maximum
  std::int64_t top_token = -1;   ///< lowest index among the ties
  double maximum = 0;            ///< m
  double second = 0;             ///< l₂, largest logit below m; equal to m when there is none
  double deepest = 0;            ///< smallest unmasked logit

  /// Tokens below the top.
  [[nodiscard]] TEMPSWEEP_HD std::int64_t rest() const { return unmasked - ties; }
};

/// What some columns of a row hold: a monoid without rounding, so parts may meet in any order.
struct ScanPart {
  static constexpr std::int64_t none = INT64_MAX;

  double maximum = -ieee::infinity;
  double second = -ieee::infinity;  ///< largest below the maximum
  double deepest = ieee::infinity;
  std::int64_t unmasked = 0;
  std::int64_t ties = 0;
  std::int64_t top_token = none;
  std::int64_t bad_column = none;
  bool bad_is_nan = false;
  std::uint8_t unused[7] = {};  ///< as in RowScan

  /// One token more.
  TEMPSWEEP_HD void add(double logit, std::int64_t column) {
    if (!(logit < ieee::infinity)) {
      if (column < bad_column) {
        bad_column = column;
        bad_is_nan = logit != logit;
      }
      return;
    }
    if (logit == -ieee::infinity) {
      return;
    }
    ++unmasked;
    deepest = logit < deepest ? logit : deepest;
    if (logit > maximum) {
      second = maximum;
      maximum = logit;
      ties = 1;
      top_token = column;
    } else if (logit == maximum) {
      ++ties;
      top_token = column < top_token ? column : top_token;
    } else if (logit > second) {
      second = logit;
    }
  }

  TEMPSWEEP_HD void add(const ScanPart& other) {
    if (other.bad_column < bad_column) {
      bad_column = other.bad_column;
      bad_is_nan = other.bad_is_nan;
    }
    unmasked += other.unmasked;
    deepest = other.deepest < deepest ? other.deepest : deepest;
    double below = other.second > second ? other.second : second;
    if (other.maximum > maximum) {
      below = maximum > below ? maximum : below;
      maximum = other.maximum;
      ties = other.ties;
      top_token = other.top_token;
    } else if (other.maximum == maximum) {
      ties += other.ties;
      top_token = other.top_token < top_token ? other.top_token : top_token;
    } else {
      below = other.maximum > below ? other.maximum : below;
    }
    second = below;
  }

  /// The verdict on a whole row.
  [[nodiscard]] TEMPSWEEP_HD RowScan finish() const {
    RowScan scan;
    if (bad_column != none) {
      scan.status = bad_is_nan ? RowStatus::not_a_number : RowStatus::positive_infinity;
      scan.bad_column = bad_column;
      return scan;
    }
    if (unmasked == 0) {
      scan.status = RowStatus::all_masked;
      return scan;
    }
    scan.unmasked = unmasked;
    scan.ties = ties;
    scan.top_token = top_token;
    scan.maximum = maximum;
    scan.second = second == -ieee::infinity ? maximum : second;
    scan.deepest = deepest;
    return scan;
  }
};

/// What the columns of a scan hold, the first of them being `first_column` of the whole row. Of a row with a
/// bad column nothing else is known.
[[nodiscard]] TEMPSWEEP_HD inline ScanPart part_of(const RowScan& scan, std::int64_t first_column) {
  ScanPart part;
  if (scan.bad_column >= 0) {
    part.bad_column = first_column + scan.bad_column;
    part.bad_is_nan = scan.status == RowStatus::not_a_number;
  } else if (scan.unmasked > 0) {
    part.unmasked = scan.unmasked;
    part.ties = scan.ties;
    part.top_token = first_column + scan.top_token;
    part.maximum = scan.maximum;
    part.second = scan.second < scan.maximum ? scan.second : -ieee::infinity;
    part.deepest = scan.deepest;
  }
  return part;
}

}  // namespace tempsweep
