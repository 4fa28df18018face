// SPDX-License-Identifier: Apache-2.0
// Natural logarithms with the same bits on every compiler and device: only +, −, ×, ÷, fma and integer
// operations, all of them exactly specified by IEEE 754. Needs contraction off (-ffp-contract=off, nvcc
// -fmad=false). For e^−x of x in [0, 708] see table_weight in exp2.hpp.
//
// Method: x = 2^k·(1 + f) with 1 + f in [√½, √2); s = f/(2 + f), z = s²; ln(1 + f) = 2 atanh(s) = s(2 +
// zP(z)), the odd series of the inverse hyperbolic tangent. Since 2s = f − sf and sf = f²/2 − s·f²/2, f
// itself, which is exact, is added last, and no digit is lost near x = 1.
#pragma once

#include <cmath>
#include <cstdint>

#include "tempsweep/math/bits.hpp"
#include "tempsweep/math/host_device.hpp"

namespace tempsweep {

namespace logarithm_constant {
// P(z) on z <= 0.0295; scripts/derive_logarithm.sollya derives it and bounds the relative error that it gives
// the logarithm by 4.5e-18 (2^-57.6). Scalars: device code may read a constexpr scalar of the host.
inline constexpr double c1 = 0x1.5555555555558p-1;
inline constexpr double c2 = 0x1.99999999952d6p-2;
inline constexpr double c3 = 0x1.2492492df7bb4p-2;
inline constexpr double c4 = 0x1.c71c62db98fe7p-3;
inline constexpr double c5 = 0x1.7462b79461da2p-3;
inline constexpr double c6 = 0x1.39fe0117cde65p-3;
inline constexpr double c7 = 0x1.2b5cbd7334d54p-3;
inline constexpr double ln_2_high = 0x1.62e42ffp-1;  ///< 32 bits: times an exponent it is exact
inline constexpr double ln_2_low = -0x1.718432a1b0e26p-35;
inline constexpr double root_half = 0x1.6a09e667f3bcdp-1;
}  // namespace logarithm_constant

namespace logarithm_detail {

/// P(z) = 2/3 + 2z/5 + 2z²/7 + …, of z = s² up to 0.0295: 2 atanh(s) = s(2 + zP(z)).
TEMPSWEEP_HD inline double atanh_rest(double z) {
  using namespace logarithm_constant;
  double q = c7;
  q = std::fma(q, z, c6);
  q = std::fma(q, z, c5);
  q = std::fma(q, z, c4);
  q = std::fma(q, z, c3);
  q = std::fma(q, z, c2);
  return std::fma(q, z, c1);
}

/// ln(2^k (1 + f)) + correction for an integer |k| <= 1100, 1 + f in [√½, √2] and a |correction| far below
/// f or k ln 2. The operations, in this order, are a contract with kernels that do the same lane by lane:
///   s = f/(2 + f);  z = s s;  q = c7;  q = fma(q, z, c_i) for i = 6 ... 1
///   h = (0.5 f) f;  tail = fma(s, fma(z, q, h), -h)
///   t = k ln_2_high;  head = t + f;  lost = f - (head - t)
///   head + (tail + (lost + fma(k, ln_2_low, correction)))
TEMPSWEEP_HD inline double log_parts(double k, double f, double correction) {
  using namespace logarithm_constant;
  const double s = f / (2.0 + f);
  const double z = s * s;
  const double half_square = 0.5 * f * f;
  const double tail = std::fma(s, std::fma(z, atanh_rest(z), half_square), -half_square);
  const double whole = k * ln_2_high;
  const double head = whole + f;
  const double lost = f - (head - whole);
  return head + (tail + (lost + std::fma(k, ln_2_low, correction)));
}

/// x = 2^k·m, m in [√½, √2), for a normal x > 0.
struct SplitNumber {
  double m;
  std::int64_t k;
};

TEMPSWEEP_HD inline SplitNumber split_number(double x) {
  const auto bits = static_cast<std::int64_t>(bits_of(x));
  const std::int64_t k = (bits - static_cast<std::int64_t>(bits_of(logarithm_constant::root_half))) >> 52;
  return {double_of(static_cast<std::uint64_t>(bits) - (static_cast<std::uint64_t>(k) << 52U)), k};
}

}  // namespace logarithm_detail

/// ln x, within 0.92 ulp (the worst of 8 million; the tests hold it to 1), subnormal numbers included; +0
/// at 1. ±0: −inf; below: NaN; inf: inf; NaN: NaN.
TEMPSWEEP_HD inline double log_reproducible(double x) {
  if (!(x > 0)) {
    return x == 0 ? -ieee::infinity : ieee::nan;
  }
  if (x == ieee::infinity) {
    return x;
  }
  std::int64_t shift = 0;
  if (x < 0x1p-1022) {
    x *= 0x1p54;
    shift = 54;
  }
  const logarithm_detail::SplitNumber parts = logarithm_detail::split_number(x);
  return logarithm_detail::log_parts(static_cast<double>(parts.k - shift), parts.m - 1.0, 0);
}

/// ln(1 + x), within 0.92 ulp (the worst of 8 million; the tests hold it to 1), subnormal numbers and −0
/// included. x = −1: −inf; below: NaN; inf: inf; NaN: NaN.
TEMPSWEEP_HD inline double log1p_reproducible(double x) {
  if (!(x > -1)) {
    return x == -1 ? -ieee::infinity : ieee::nan;
  }
  if (x == ieee::infinity || (x < 0x1p-54 && x > -0x1p-54)) {
    return x;
  }
  if (x > -0.29 && x < 0.41) {
    return logarithm_detail::log_parts(0, x, 0);
  }
  const double sum = 1.0 + x;
  // What the sum lost, whichever of the two is larger, relative to the sum.
  const double lost = (x < 1 ? x - (sum - 1.0) : 1.0 - (sum - x)) / sum;
  const logarithm_detail::SplitNumber parts = logarithm_detail::split_number(sum);
  return logarithm_detail::log_parts(static_cast<double>(parts.k), parts.m - 1.0, lost);
}

}  // namespace tempsweep
