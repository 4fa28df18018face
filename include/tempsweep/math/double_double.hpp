// SPDX-License-Identifier: Apache-2.0
// Sums of two doubles, about 106 bits: what decides where a double cannot. Only +, −, ×, ÷ and fma, so every
// machine has the same bits; needs contraction off. Algorithms: Dekker 1971, Knuth (two_sum), Hida, Li and
// Bailey 2001.
#pragma once

#include <cmath>
#include <cstdint>

#include "tempsweep/math/host_device.hpp"

namespace tempsweep {

/// high + low, |low| ≤ ½ ulp(high).
struct DoubleDouble {
  double high = 0;
  double low = 0;
};

/// a + b without error.
TEMPSWEEP_HD inline DoubleDouble two_sum(double a, double b) {
  const double sum = a + b;
  const double part = sum - a;
  return {sum, (a - (sum - part)) + (b - part)};
}

/// a + b without error where |a| ≥ |b| or a = 0.
TEMPSWEEP_HD inline DoubleDouble quick_two_sum(double a, double b) {
  const double sum = a + b;
  return {sum, b - (sum - a)};
}

/// a·b without error, as long as its low part is a normal number.
TEMPSWEEP_HD inline DoubleDouble two_product(double a, double b) {
  const double product = a * b;
  return {product, std::fma(a, b, -product)};
}

TEMPSWEEP_HD inline DoubleDouble operator+(DoubleDouble a, DoubleDouble b) {
  const DoubleDouble high = two_sum(a.high, b.high);
  const DoubleDouble low = two_sum(a.low, b.low);
  const DoubleDouble part = quick_two_sum(high.high, high.low + low.high);
  return quick_two_sum(part.high, part.low + low.low);
}

TEMPSWEEP_HD inline DoubleDouble operator-(DoubleDouble a) {
  return {-a.high, -a.low};
}

TEMPSWEEP_HD inline DoubleDouble operator*(DoubleDouble a, DoubleDouble b) {
  const DoubleDouble product = two_product(a.high, b.high);
  return quick_two_sum(product.high, product.low + (a.high * b.low + a.low * b.high));
}

TEMPSWEEP_HD inline DoubleDouble operator/(DoubleDouble a, double b) {
  const double quotient = a.high / b;
  return quick_two_sum(quotient, (std::fma(-quotient, b, a.high) + a.low) / b);
}

TEMPSWEEP_HD inline bool operator<(DoubleDouble a, DoubleDouble b) {
  return a.high < b.high || (a.high == b.high && a.low < b.low);
}

/// mantissa·2^−shift.
struct ShiftedWeight {
  DoubleDouble mantissa;
  int shift = 0;
};

/// e^(−βd) of a depth d ≥ 0, mantissa in [0.7, 1.42], relative error below 2⁻⁹⁰; βd at most 2000.
TEMPSWEEP_HD inline ShiftedWeight exact_weight(double depth, double beta) {
  constexpr double log2_e = 1.4426950408889634074;
  constexpr DoubleDouble log_of_2{0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};
  constexpr int terms = 12;
  constexpr int halvings = 6;
  const DoubleDouble product = two_product(depth, beta);
  const double k = std::nearbyint(product.high * log2_e);
  const DoubleDouble rest = DoubleDouble{k, 0} * log_of_2 + -product;
  constexpr double step = 1.0 / (1 << halvings);
  const DoubleDouble argument{rest.high * step, rest.low * step};
  DoubleDouble sum{1, 0};
  for (int n = terms; n >= 1; --n) {
    sum = DoubleDouble{1, 0} + argument * sum / n;
  }
  for (int i = 0; i < halvings; ++i) {
    sum = sum * sum;
  }
  return {sum, static_cast<int>(k)};
}

/// The same as a number; 0 beyond βd = 708.
TEMPSWEEP_HD inline DoubleDouble exact_weight_value(double depth, double beta) {
  if (!(depth * beta <= 708)) {
    return {};
  }
  const ShiftedWeight weight = exact_weight(depth, beta);
  return {std::ldexp(weight.mantissa.high, -weight.shift), std::ldexp(weight.mantissa.low, -weight.shift)};
}

}  // namespace tempsweep
