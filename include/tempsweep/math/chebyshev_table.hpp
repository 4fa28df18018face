// SPDX-License-Identifier: Apache-2.0
// The cosines of octave_series.hpp in two doubles, made by the compiler: the same everywhere.
#pragma once

#include "tempsweep/math/octave_series.hpp"

namespace tempsweep {
namespace chebyshev_detail {

/// A number in two doubles.
struct Pair {
  double high = 0;
  double low = 0;
};

constexpr Pair add(Pair a, Pair b) {
  const double sum = a.high + b.high;
  const double taken = sum - a.high;
  const double lost = (a.high - (sum - taken)) + (b.high - taken) + a.low + b.low;
  const double high = sum + lost;
  return {high, lost - (high - sum)};
}

/// Dekker's product: halves of 26 bits multiply exactly.
constexpr Pair multiply(Pair a, Pair b) {
  const auto upper = [](double x) {
    const double spread = 134217729.0 * x;  // 2^27 + 1
    return spread - (spread - x);
  };
  const double a1 = upper(a.high);
  const double b1 = upper(b.high);
  const double a2 = a.high - a1;
  const double b2 = b.high - b1;
  const double product = a.high * b.high;
  const double lost = ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2 + a.high * b.low + a.low * b.high;
  const double high = product + lost;
  return {high, lost - (high - product)};
}

constexpr Pair divide(Pair a, double by) {
  const double quotient = a.high / by;
  const Pair rest = add(a, multiply({-quotient, 0}, {by, 0}));
  return add({quotient, 0}, {(rest.high + rest.low) / by, 0});
}

/// cos x, or sin x, for |x| ≤ π/4, by its series.
constexpr Pair series(Pair x, bool sine) {
  const Pair square = multiply(x, x);
  Pair term = sine ? x : Pair{1, 0};
  Pair sum;
  for (int k = sine ? 1 : 0; k < 36; k += 2) {
    sum = add(sum, term);
    term = divide(multiply(term, {-square.high, -square.low}), static_cast<double>((k + 1) * (k + 2)));
  }
  return sum;
}

/// cos(πj/2n) for 0 ≤ j ≤ n: the first quarter.
constexpr Pair quarter(int j) {
  constexpr Pair pi = {0x1.921fb54442d18p1, 0x1.1a62633145c07p-53};
  constexpr int n = octave_nodes;
  const bool sine = 2 * j > n;
  const auto steps = static_cast<double>(sine ? n - j : j);
  return series(divide(multiply(pi, {steps, 0}), 2 * n), sine);
}

}  // namespace chebyshev_detail

constexpr ChebyshevTable make_chebyshev_table() {
  constexpr int n = octave_nodes;
  ChebyshevTable table{};
  for (int j = 0; j < 4 * n; ++j) {
    const int half = j <= 2 * n ? j : 4 * n - j;  // cos is even
    const auto value = chebyshev_detail::quarter(half <= n ? half : 2 * n - half);
    const double sign = half <= n ? 1.0 : -1.0;
    table.cosine[j] = sign * value.high;
    table.low[j] = sign * value.low;
  }
  return table;
}

}  // namespace tempsweep
