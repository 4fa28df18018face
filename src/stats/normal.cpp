// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numbers>

#include "tempsweep/core/p_value.hpp"

namespace tempsweep {
namespace {

/// From here on the asymptotic series of Mills' ratio is exact to the last digits.
constexpr double far = 25;

}  // namespace

PValue p_from_log(double ln_p) {
  return {std::exp(ln_p), ln_p / std::numbers::ln10};
}

PValue scaled(PValue value, double factor) {
  return {std::min(1.0, factor * value.p), std::min(0.0, value.log10_p + std::log10(factor))};
}

double mills_ratio(double t) {
  if (t < far) {
    return std::sqrt(std::numbers::pi / 2) * std::erfc(t / std::numbers::sqrt2) * std::exp(t * t / 2);
  }
  const double u = 1 / (t * t);
  return (1 - u * (1 - 3 * u * (1 - 5 * u * (1 - 7 * u)))) / t;
}

PValue two_sided_normal(double z) {
  const double t = std::abs(z);
  if (!(t >= far)) {
    const double p = std::erfc(t / std::numbers::sqrt2);
    return {p, std::log10(p)};
  }
  return p_from_log(-t * t / 2 + std::log(std::sqrt(2 / std::numbers::pi) * mills_ratio(t)));
}

}  // namespace tempsweep
