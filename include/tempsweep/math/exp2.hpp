// SPDX-License-Identifier: Apache-2.0
// Powers of two with the same bits on every compiler and device: only +, -, x, fma and integer operations,
// all of them exactly specified by IEEE 754. Needs contraction off (-ffp-contract=off, nvcc -fmad=false).
#pragma once

#include <cmath>
#include <cstdint>

#include "tempsweep/math/bits.hpp"
#include "tempsweep/math/host_device.hpp"

namespace tempsweep {

// Minimax polynomial of 2^f on [-1/2, 1/2]; scripts/derive_exp2.sollya derives it and bounds its relative
// error by 5.8e-18 (2^-57.3). Scalars and not only an array: device code may read a constexpr scalar of the
// host.
inline constexpr double exp2_c1 = 0x1.62e42fefa39efp-1;
inline constexpr double exp2_c2 = 0x1.ebfbdff82c5a6p-3;
inline constexpr double exp2_c3 = 0x1.c6b08d704a12cp-5;
inline constexpr double exp2_c4 = 0x1.3b2ab6fb9fda6p-7;
inline constexpr double exp2_c5 = 0x1.5d87fe789e96fp-10;
inline constexpr double exp2_c6 = 0x1.4309130f6cbdbp-13;
inline constexpr double exp2_c7 = 0x1.ffcbfc6685ee5p-17;
inline constexpr double exp2_c8 = 0x1.62bfc6596be6ap-20;
inline constexpr double exp2_c9 = 0x1.b52522bc20bcdp-24;
inline constexpr double exp2_c10 = 0x1.e61d4332035bap-28;
inline constexpr double exp2_c11 = 0x1.e9731780488cp-32;
inline constexpr double exp2_coefficients[12] = {1.0,     exp2_c1, exp2_c2, exp2_c3, exp2_c4,  exp2_c5,
                                                 exp2_c6, exp2_c7, exp2_c8, exp2_c9, exp2_c10, exp2_c11};

/// Adding this rounds to an integer, ties to even, and leaves that integer in the low bits of the sum.
inline constexpr double exp2_round_magic = 0x1.8p52;
/// Arguments below are raised to it: its power of two has the exponent bits 0, so the result is exactly 0.
inline constexpr double exp2_floor = -1023.0;

/// 2^t for t <= 1023.49, within 0.78 ulp (measured; the tests hold it to 0.8), exact at integers >= -1022.
/// t < -1022.5, -inf and NaN give +0; results between 2^-1022.5 and 2^-1022 are subnormal. Larger t:
/// undefined. Not monotone to the last bit: where two pieces meet it may step back by an ulp. The operations,
/// in this order, are a contract with the SIMD kernels, which do the same lane by lane:
///   t = t > -1023 ? t : -1023        (a maximum whose NaN case gives -1023)
///   r = t + magic;  f = t - (r - magic)
///   q = c11;  q = fma(q, f, c_k) for k = 10 ... 1;  q = fma(q, f, 1)
///   q * double((bits(r) + 1023) << 52)
TEMPSWEEP_HD inline double exp2_reproducible(double t) {
  t = t > exp2_floor ? t : exp2_floor;
  const double rounded = t + exp2_round_magic;
  const double f = t - (rounded - exp2_round_magic);
  double q = exp2_c11;
  q = std::fma(q, f, exp2_c10);
  q = std::fma(q, f, exp2_c9);
  q = std::fma(q, f, exp2_c8);
  q = std::fma(q, f, exp2_c7);
  q = std::fma(q, f, exp2_c6);
  q = std::fma(q, f, exp2_c5);
  q = std::fma(q, f, exp2_c4);
  q = std::fma(q, f, exp2_c3);
  q = std::fma(q, f, exp2_c2);
  q = std::fma(q, f, exp2_c1);
  q = std::fma(q, f, 1.0);
  return q * double_of((bits_of(rounded) + 1023U) << 52U);
}

namespace weight_constant {
inline constexpr double log2_e = 0x1.71547652b82fep0;
inline constexpr double log2_e_low = 0x1.777d0ffda0d24p-56;  ///< log2(e) - log2_e, rounded
inline constexpr double ln_2 = 0x1.62e42fefa39efp-1;
/// Products depth * beta beyond this weigh exactly 0: e^-708 is the last whole power above the subnormal
/// numbers, so flushing of subnormals, on or off, cannot change a table.
inline constexpr double deepest = 708.0;
}  // namespace weight_constant

/// m - l, at most the largest double: only a masked token lies infinitely deep.
TEMPSWEEP_HD inline double token_depth(double maximum, double logit) {
  const double depth = maximum - logit;
  return depth > ieee::largest && logit > -ieee::infinity ? ieee::largest : depth;
}

/// The weight e^(-depth*beta) of a token `depth` = m - l >= 0 below the top, for sampling tables; beta in [0,
/// inf]. Never NaN. Masked (depth = inf): 0, at beta = 0 too. beta = inf is T = 0: 1 on ties, 0 elsewhere;
/// beta = 0 is T = inf: 1 on everything unmasked. The product is carried in two parts, so its rounding does
/// not grow with the depth: relative error 2.2e-16 at most for depth*beta up to 708 (measured, 500 000
/// points). The operations, in this order, are a contract with the SIMD kernels:
///   p = depth*beta;              e = fma(depth, beta, -p)
///   h = p*log2_e;                r = fma(p, log2_e, -h)
///   r = fma(p, log2_e_low, r);   r = fma(e, log2_e, r)
///   w = exp2_reproducible(-h);   w = fma(w, -(r*ln_2), w)
///   1 where depth = 0, else 0 where not p <= 708
TEMPSWEEP_HD inline double table_weight(double depth, double beta) {
  if (depth == 0.0) {
    return 1.0;
  }
  const double product = depth * beta;
  if (!(product <= weight_constant::deepest)) {
    return 0.0;
  }
  const double product_low = std::fma(depth, beta, -product);
  const double high = product * weight_constant::log2_e;
  double low = std::fma(product, weight_constant::log2_e, -high);
  low = std::fma(product, weight_constant::log2_e_low, low);
  low = std::fma(product_low, weight_constant::log2_e, low);
  const double weight = exp2_reproducible(-high);
  return std::fma(weight, -(low * weight_constant::ln_2), weight);
}

}  // namespace tempsweep
