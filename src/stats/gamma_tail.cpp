// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <numbers>

#include <boost/math/special_functions/gamma.hpp>

#include "stats/moments.hpp"

namespace tempsweep::stats {
namespace {

/// ln Q(a, x) far in the tail, x well above a: Legendre's continued fraction by Lentz's method in the form of
/// Numerical Recipes 6.2; 13 to 92 terms where it is used here.
double log_gamma_q(double a, double x) {
  constexpr double tiny = 1e-300;
  double b = x + 1 - a;
  double c = 1 / tiny;
  double d = 1 / b;
  double fraction = d;
  for (int i = 1; i < 10000; ++i) {
    const double numerator = -i * (i - a);
    b += 2;
    d = numerator * d + b;
    d = 1 / (std::abs(d) < tiny ? tiny : d);
    c = b + numerator / c;
    c = std::abs(c) < tiny ? tiny : c;
    const double factor = c * d;
    fraction *= factor;
    if (std::abs(factor - 1) < std::numeric_limits<double>::epsilon()) {
      break;
    }
  }
  return a * std::log(x) - x - boost::math::lgamma(a) + std::log(fraction);
}

}  // namespace

Tail gamma_tail(double a, double x) {
  constexpr double trusted = 1e-290;  // below, p runs into the subnormal numbers
  if (std::isinf(x)) {
    return {0, -std::numeric_limits<double>::infinity()};
  }
  using namespace boost::math::policies;
  const double p =
      boost::math::gamma_q(a, x, policy<overflow_error<ignore_error>, underflow_error<ignore_error>>());
  return {p, p > trusted ? std::log10(p) : log_gamma_q(a, x) / std::numbers::ln10};
}

}  // namespace tempsweep::stats
