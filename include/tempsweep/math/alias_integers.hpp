// SPDX-License-Identifier: Apache-2.0
// The integer law of an alias table: from weights w_i in double to integers W_i with sum exactly 2^(c+32).
// Every step is exact or an IEEE operation in a fixed order, so the host and a device build the same table.
#pragma once

#include <cstdint>

#include "tempsweep/math/bits.hpp"
#include "tempsweep/math/host_device.hpp"

namespace tempsweep {

__extension__ typedef unsigned __int128 Uint128;  // NOLINT(modernize-use-using): __extension__

inline constexpr int alias_capacity_bits = 32;     ///< a column holds 2^32 units
inline constexpr int alias_most_column_bits = 31;  ///< so 2^(c+32), the weight of a sure token, fits 64 bits
inline constexpr std::uint64_t weight_block_size = 512;

/// c, the smallest with 2^c >= vocabulary_size; 0 for one token. Vocabularies up to 2^31.
TEMPSWEEP_HD constexpr int alias_column_bits(std::uint64_t vocabulary_size) {
  int bits = 0;
  while ((std::uint64_t{1} << bits) < vocabulary_size) {
    ++bits;
  }
  return bits;
}

/// 2^-(c+33): tokens with a probability below about this are never drawn from a table with 2^c columns.
TEMPSWEEP_HD constexpr double sampler_floor(int column_bits) {
  return double_of(static_cast<std::uint64_t>(1023 - 33 - column_bits) << 52U);
}

/// Sum of one block of `count` <= 512 weights: token i goes to lane i mod 8, each lane in index order, and
/// the lanes fold ((0+4) + (2+6)) + ((1+5) + (3+7)). Z is the sum of the blocks in index order, from 0.
TEMPSWEEP_HD inline double weight_block_sum(const double* weights, std::uint64_t count) {
  double lane[8] = {0, 0, 0, 0, 0, 0, 0, 0};
  const std::uint64_t whole = count & ~std::uint64_t{7};
  for (std::uint64_t i = 0; i < whole; i += 8) {
    for (std::uint64_t k = 0; k < 8; ++k) {
      lane[k] += weights[i + k];
    }
  }
  for (std::uint64_t i = whole; i < count; ++i) {
    lane[i - whole] += weights[i];
  }
  return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

/// Ceiling of log2 z for finite z > 0, subnormal numbers included.
TEMPSWEEP_HD constexpr int ceil_log2(double z) {
  int exponent = -1023;
  if (z < 0x1p-1022) {
    z *= 0x1p54;
    exponent -= 54;
  }
  const std::uint64_t bits = bits_of(z);
  exponent += static_cast<int>(bits >> 52U);
  return exponent + ((bits & 0xFFFFFFFFFFFFFU) != 0 ? 1 : 0);
}

/// w * 2^(61 - ceil(log2 Z)) in two exact factors, since one may be beyond double (Z = 1e-300). What the
/// product may lose to underflow is far below 1, so the floor is exact.
struct WeightScale {
  double first, second;

  /// a_i, at most 2^61; the sum of all a_i lies between 2^60 - V and 2^61 (1 + rounding of Z).
  [[nodiscard]] TEMPSWEEP_HD constexpr std::uint64_t integer(double weight) const {
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(weight * first * second));
  }
};

TEMPSWEEP_HD constexpr WeightScale weight_scale(double total) {
  const int exponent = 61 - ceil_log2(total);
  const int half = exponent / 2;
  return {double_of(static_cast<std::uint64_t>(1023 + half) << 52U),
          double_of(static_cast<std::uint64_t>(1023 + exponent - half) << 52U)};
}

struct Share {
  std::uint64_t quotient, remainder;
};

/// floor(a * 2^s / A) and its remainder, 32 <= s <= 63, for the constant A < 2^62 and 0 <= a <= A: an
/// estimate in double, then an exact correction. Below 2^50 the estimate is off by at most one, and the
/// remainder of the estimate, within (-A, 2A), is known from its low 64 bits. Heavier shares, fewer than
/// 2^(s-50), take a true 128-bit division.
struct ShareDivider {
  std::uint64_t divisor;
  int shift;
  double scale;  ///< 2^s / A, rounded

  [[nodiscard]] TEMPSWEEP_HD Share divide(std::uint64_t a) const {
    const double estimate = static_cast<double>(static_cast<std::int64_t>(a)) * scale;
    if (estimate >= 0x1p50) {
      const Uint128 numerator = static_cast<Uint128>(a) << shift;
      return {static_cast<std::uint64_t>(numerator / divisor),
              static_cast<std::uint64_t>(numerator % divisor)};
    }
    auto quotient = static_cast<std::uint64_t>(static_cast<std::int64_t>(estimate));
    std::uint64_t remainder = (a << shift) - quotient * divisor;
    const std::uint64_t low = static_cast<std::int64_t>(remainder) < 0 ? ~std::uint64_t{0} : 0;
    quotient += low;
    remainder += low & divisor;
    const std::uint64_t high = remainder >= divisor ? ~std::uint64_t{0} : 0;
    quotient -= high;
    remainder -= high & divisor;
    return {quotient, remainder};
  }
};

TEMPSWEEP_HD constexpr ShareDivider share_divider(std::uint64_t sum, int column_bits) {
  const int shift = column_bits + alias_capacity_bits;
  return {
      sum, shift,
      static_cast<double>(std::uint64_t{1} << shift) / static_cast<double>(static_cast<std::int64_t>(sum))};
}

}  // namespace tempsweep
