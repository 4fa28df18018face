// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/distinct_logits.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "tempsweep/math/bits.hpp"

namespace tempsweep::cpu {
namespace {

constexpr std::int64_t lowest_exponent = 1023 - 24;
constexpr std::int64_t exponents = 40;
constexpr std::uint64_t infinity_bits = std::uint64_t{2047} << 52U;
constexpr std::uint64_t sign_bit = std::uint64_t{1} << 63U;

/// Most mantissa bits of the logits: 7 (bfloat16), 10 (float16), or more, which is answered by 52.
unsigned mantissa_bits(const InsertedRow& row) {
  constexpr std::int64_t stride = 256;
  std::uint64_t used = 0;
  for (std::int64_t first = 0; first < row.count; first += stride) {
    const std::int64_t last = std::min(first + stride, row.count);
    for (std::int64_t i = first; i < last; ++i) {
      used |= bits_of(row.logits[i]);
    }
    if ((used << 22U) != 0) {  // the lowest 42 bits
      return 52;
    }
  }
  return (used << 19U) == 0 ? 7 : 10;
}

}  // namespace

bool DistinctLogits::collect(const InsertedRow& row) {
  const unsigned bits = mantissa_bits(row);
  if (bits > 10) {
    return false;
  }
  const std::int64_t numbers = exponents << bits;
  const std::int64_t origin = lowest_exponent << bits;
  const std::int64_t half = numbers + 1;  // of one sign; the last counts zeros
  table_.assign(static_cast<std::size_t>(2 * half), 0);
  for (std::int64_t i = 0; i < row.count; ++i) {
    const std::uint64_t word = bits_of(row.logits[i]);
    const std::uint64_t size = word & ~sign_bit;
    std::int64_t place = static_cast<std::int64_t>(size >> (52U - bits)) - origin;
    if (static_cast<std::uint64_t>(place) >= static_cast<std::uint64_t>(numbers)) {
      if (size == infinity_bits) {
        continue;  // masked
      }
      if (size != 0) {
        return false;
      }
      place = numbers;
    }
    ++table_[static_cast<std::size_t>(place + ((word & sign_bit) != 0 ? half : 0))];
  }
  depths_.clear();
  counts_.clear();
  for (std::int64_t k = 0; k < 2 * half; ++k) {
    const std::uint32_t count = table_[static_cast<std::size_t>(k)];
    const std::int64_t place = k % half;
    const double size =
        place == numbers ? 0 : double_of(static_cast<std::uint64_t>(place + origin) << (52U - bits));
    const double logit = k < half ? size : -size;
    if (count > 0 && logit < row.maximum) {
      depths_.push_back(row.second - logit);
      counts_.push_back(count);
    }
  }
  return true;
}

}  // namespace tempsweep::cpu
