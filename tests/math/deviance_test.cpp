// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/math/deviance.hpp"

#include <cmath>
#include <random>
#include <string>

#include <gtest/gtest.h>
#include <quadmath.h>

namespace tempsweep {
namespace {

__extension__ using Quad = __float128;

Quad exact_stirling_error(Quad k) {
  return lgammaq(k + 1) - (k + Quad(0.5)) * logq(k) + k - logq(2 * acosq(Quad(-1))) / 2;
}

TEST(StirlingError, against_113_bits) {
  double worst = 0;
  for (double k = 1; k <= 0x1p53; k = k < 3000 ? k + 1 : std::floor(k * 1.37)) {
    const double error = static_cast<double>(fabsq(stirling_error(k) - exact_stirling_error(k)));
    ASSERT_LT(error, 2e-16) << k;
    worst = std::max(worst, error);
  }
  RecordProperty("worst", std::to_string(worst * 1e17) + "e-17");
  EXPECT_EQ(stirling_error(0), 0);
}

/// Of k against n·p, the product without rounding.
double relative_error(double k, double n, double p) {
  const Quad mean = Quad(n) * Quad(p);
  const Quad exact = k == 0 ? mean : k * logq(k / mean) + mean - k;
  const double value = half_deviance(k, mean_count(n, p));
  return exact == 0 ? std::abs(value) : static_cast<double>(fabsq((value - exact) / exact));
}

TEST(HalfDeviance, keeps_its_relative_error_near_the_mean_and_far_from_it) {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> exponent(0, 53);
  std::uniform_real_distribution<double> unit(0, 1);
  double worst = 0;
  for (int i = 0; i < 200000; ++i) {
    const double n = std::floor(std::exp2(exponent(random)));
    const double p = i % 3 == 0 ? unit(random) : std::exp2(-exponent(random));
    const double spread = std::sqrt(n * p) * std::exp2(unit(random) * 6 - 3);
    const double near = std::floor(n * p + (unit(random) < 0.5 ? -spread : spread));
    const double far = std::floor(n * p * unit(random) * 3);
    for (const double k : {near, far}) {
      if (k >= 0 && k <= n) {
        worst = std::max(worst, relative_error(k, n, p));
      }
    }
  }
  RecordProperty("worst", std::to_string(worst * 1e16) + "e-16");
  EXPECT_LT(worst, 4e-15);
}

TEST(HalfDeviance, edges) {
  EXPECT_EQ(half_deviance(0, {12.5, 0}), 12.5);
  EXPECT_EQ(half_deviance(10, {10, 0}), 0);
  EXPECT_GT(half_deviance(0x1p53, mean_count(0x1p53, 0.5)), 0x1p50);
  EXPECT_LT(relative_error(0x1p52 + 1, 0x1p53, 0.5), 1e-15);
}

}  // namespace
}  // namespace tempsweep
