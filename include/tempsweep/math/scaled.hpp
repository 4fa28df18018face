// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>

#include "tempsweep/math/exp2.hpp"
#include "tempsweep/math/host_device.hpp"

namespace tempsweep {

/// A non-negative number mantissa·2^exponent whose exponent does not end at 2^-1074.
///
/// At low T the weight of everything below the top is e^(−β·gap), far below the smallest double, while
/// products such as heat capacity, p′(βY)², may still be normal numbers: the factors must meet before
/// rounding.
struct Scaled {
  double mantissa = 0;
  std::int64_t exponent = 0;

  /// Nearest double; underflows gradually to 0.
  [[nodiscard]] TEMPSWEEP_HD double value() const {
    if (exponent == 0) {
      return mantissa;
    }
    if (exponent >= -500 && exponent <= 500 && moderate(mantissa)) {
      return mantissa * double_of(static_cast<std::uint64_t>(1023 + exponent) << 52U);  // ldexp, exact here
    }
    if (mantissa == 0 || exponent < -3000) {
      return 0;
    }
    return std::ldexp(mantissa, static_cast<int>(exponent));
  }

  /// The product with a factor ≥ 0, as a double. Zero absorbs everything, an infinite factor included.
  [[nodiscard]] TEMPSWEEP_HD double times(double factor) const { return (*this * factor).value(); }

  /// Far from both ends of the doubles: nothing to normalise, which saves two library calls.
  [[nodiscard]] static TEMPSWEEP_HD bool moderate(double x) { return x > 0x1p-500 && x < 0x1p500; }

  friend TEMPSWEEP_HD Scaled operator*(Scaled a, double factor) {
    if (a.mantissa == 0 || factor == 0) {
      return {};
    }
    const double product = a.mantissa * factor;
    if (moderate(product)) {
      return {product, a.exponent};
    }
    int shift = 0;
    const double normalised = std::frexp(product, &shift);
    return std::isfinite(normalised) ? Scaled{normalised, a.exponent + shift} : Scaled{product, 0};
  }
};

/// e^(−a·b) for a, b ≥ 0, to 2.2 ulp of the mantissa (measured) however large a·b is (zero beyond 10⁶ nat),
/// with the same bits on every machine. The product is carried in two parts, because its rounding alone would
/// cost |a·b|·2⁻⁵³.
TEMPSWEEP_HD inline Scaled exp_minus_product(double a, double b) {
  const double high = a * b;
  if (!(high <= 1e6)) {
    return {};
  }
  const double low = std::fma(a, b, -high);
  constexpr double log2_e = 1.4426950408889634074;
  constexpr double ln2_high = 0x1.62e42feep-1;  // 32 bits; the fma below adds no error of its own
  constexpr double ln2_low = 0x1.a39ef35793c76p-33;
  const double k = std::nearbyint(high * log2_e);
  const double rest = std::fma(-k, ln2_high, high) - k * ln2_low;
  return {exp2_reproducible(-rest * log2_e) * (1 - low), -static_cast<std::int64_t>(k)};
}

}  // namespace tempsweep
