// SPDX-License-Identifier: Apache-2.0
// The two functions by which Loader ("Fast and accurate computation of binomial probabilities", 2000) writes
// binomial and Poisson probabilities without cancellation:
//   ln Poisson(k; M) = −δ(k) − D(k, M) − ½ ln(2πk)
//   Bin(k; n, p) = Poisson(k; np) Poisson(n − k; nq) / Poisson(n; n)
// Same bits on every compiler and device: see logarithm.hpp.
#pragma once

#include <cmath>
#include <cstdint>

#include "tempsweep/math/host_device.hpp"
#include "tempsweep/math/logarithm.hpp"

namespace tempsweep {

/// δ(k) = ln k! − (k + ½) ln k + k − ½ ln 2π, the error of Stirling's formula, for whole k from 1 to 2^53;
/// absolute error below 2e-16. Table and series from scripts/derive_stirling.sollya. δ(0) is given as 0.
TEMPSWEEP_HD inline double stirling_error(double k) {
  static constexpr double table[16] = {0,
                                       0x1.4c071bcda0a5bp-4,
                                       0x1.52a9b923ea649p-5,
                                       0x1.c579a268d80b3p-6,
                                       0x1.54a2662fd78a9p-6,
                                       0x1.10b4e513fcbedp-6,
                                       0x1.c6b167bebdf36p-7,
                                       0x1.85d4d612e4a86p-7,
                                       0x1.552805e7b3076p-7,
                                       0x1.2f4871b12ab64p-7,
                                       0x1.10f9d4c0743a7p-7,
                                       0x1.f0593088014f8p-8,
                                       0x1.c7018733aa9c6p-8,
                                       0x1.a40514700f36cp-8,
                                       0x1.86076c002d4a7p-8,
                                       0x1.6c08f6f194a1p-8};
  if (k < 16) {
    return table[static_cast<int>(k)];
  }
  const double inverse = 1.0 / k;
  const double z = inverse * inverse;
  double sum = 0x1.b951e2b18ff23p-11;              // 1/1188
  sum = std::fma(sum, -z, 0x1.3813813813814p-11);  // 1/1680
  sum = std::fma(sum, -z, 0x1.a01a01a01a01ap-11);  // 1/1260
  sum = std::fma(sum, -z, 0x1.6c16c16c16c17p-9);   // 1/360
  sum = std::fma(sum, -z, 0x1.5555555555555p-4);   // 1/12
  return sum * inverse;
}

/// An expected count in two parts: n·p without error, as long as the low part is a normal number.
struct MeanCount {
  double high, low;
};

TEMPSWEEP_HD inline MeanCount mean_count(double n, double p) {
  const double high = n * p;
  return {high, std::fma(n, p, -high)};
}

/// D(k, M) = k ln(k/M) + M − k for k ≥ 0 and M > 0, Poisson's deviance halved; relative error a few ulp. Near
/// k = M the logarithm is 2 atanh v, v = (k − M)/(k + M), and its first term joins M − k to (k − M)v.
TEMPSWEEP_HD inline double half_deviance(double k, MeanCount mean) {
  const double difference = (k - mean.high) - mean.low;
  const double v = difference / (k + mean.high);
  if (v > -0.17 && v < 0.17) {
    const double z = v * v;
    return std::fma(k * v * z, logarithm_detail::atanh_rest(z), difference * v);
  }
  return k == 0 ? mean.high : std::fma(k, log_reproducible(k / mean.high), -difference);
}

}  // namespace tempsweep
