// SPDX-License-Identifier: Apache-2.0
// The functions of exp2.hpp, logarithm.hpp and deviance.hpp with selections in place of branches: the same
// bits where both are defined, in a form that loops over a row can be vectorised with.
#pragma once

#include <cmath>
#include <cstdint>

#include "tempsweep/math/deviance.hpp"
#include "tempsweep/math/exp2.hpp"
#include "tempsweep/math/host_device.hpp"
#include "tempsweep/math/logarithm.hpp"

namespace tempsweep::branch_free {

/// e^x for |x| <= 708; 0 below, infinity above.
TEMPSWEEP_HD inline double power(double x) {
  const double down = table_weight(std::fabs(x), 1.0);
  const double up = 1.0 / down;
  return x > 0 ? up : down;
}

/// ln x + correction for a normal x > 0 and a correction far below it, or to first order of it near x = 1.
TEMPSWEEP_HD inline double log_of(double x, double correction = 0) {
  constexpr std::uint64_t bias = 2048;
  const std::uint64_t bits = bits_of(x);
  const std::uint64_t raised = (bits - bits_of(logarithm_constant::root_half) + (bias << 52U)) >> 52U;
  const double k = double_of(0x4330000000000000U | raised) - (0x1p52 + static_cast<double>(bias));
  const double m = double_of(bits - (raised << 52U) + (bias << 52U));
  return logarithm_detail::log_parts(k, m - 1.0, correction);
}

/// half_deviance(k, mean), 0 <= k, mean > 0; their ratio a normal number or k = 0.
TEMPSWEEP_HD inline double half_deviance(double k, MeanCount mean) {
  const double difference = (k - mean.high) - mean.low;
  const double v = difference / (k + mean.high);
  const double z = v * v;
  const double near = std::fma(k * v * z, logarithm_detail::atanh_rest(z), difference * v);
  const double ratio = k / mean.high;
  const double far = std::fma(k, log_of(ratio > 0 ? ratio : 1.0), -difference);
  const double drawn = std::fabs(v) < 0.17 ? near : far;
  return k == 0 ? mean.high : drawn;
}

/// -ln(count/n) for 1 <= count <= n, with its relative accuracy where the token takes nearly all draws.
TEMPSWEEP_HD inline double surprisal(double count, double n) {
  const double share = count / n;
  return -log_of(share, std::fma(-share, n, count) / count);
}

}  // namespace tempsweep::branch_free
