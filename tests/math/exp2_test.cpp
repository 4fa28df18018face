// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/math/exp2.hpp"

#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include "tempsweep/math/float_exp2.hpp"

namespace tempsweep {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

/// |value - exact| in units of the last place of the exact number.
long double error_in_ulp(double value, long double exact) {
  const long double ulp = std::ldexp(1.0L, std::ilogb(exact) - 52);
  return std::abs(static_cast<long double>(value) - exact) / ulp;
}

TEST(Exp2, within_one_ulp) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> deep(-1022, 0);
  std::uniform_real_distribution<double> near(-2, 0);
  std::uniform_real_distribution<double> positive(0, 1023);
  long double worst = 0;
  for (int i = 0; i < 300000; ++i) {
    for (const double t : {deep(random), near(random), positive(random)}) {
      worst = std::max(worst, error_in_ulp(exp2_reproducible(t), std::exp2(static_cast<long double>(t))));
    }
  }
  RecordProperty("worst_ulp", std::to_string(worst));
  EXPECT_LT(worst, 0.8L);
}

TEST(Exp2, exact_at_integers) {
  for (int n = -1022; n <= 1023; ++n) {
    EXPECT_EQ(exp2_reproducible(n), std::ldexp(1.0, n));
  }
  EXPECT_EQ(exp2_reproducible(-0.0), 1.0);
}

TEST(Exp2, is_zero_below) {
  for (const double t : {-1022.5000000000001, -1022.75, -1023.0, -1023.5, -1e4, -1e308, -inf, std::nan("")}) {
    EXPECT_EQ(bits_of(exp2_reproducible(t)), 0U) << t;  // +0
  }
  EXPECT_GT(exp2_reproducible(-1022.5), 0.0);
}

/// The largest fall, in ulp, between neighbouring arguments around `centre`.
double largest_fall(double centre, int steps) {
  double t = centre;
  for (int i = 0; i < steps; ++i) {
    t = std::nextafter(t, -inf);
  }
  double worst = 0;
  for (int i = 0; i < 2 * steps && t < 0; ++i) {
    const double next = std::nextafter(t, inf);
    const double fall = exp2_reproducible(t) - exp2_reproducible(next);
    worst =
        std::max(worst, fall / std::ldexp(1.0, std::max(std::ilogb(exp2_reproducible(next)), -1022) - 52));
    t = next;
  }
  return worst;
}

TEST(Exp2, monotone_at_the_ends) {
  EXPECT_EQ(largest_fall(-1022.0, 2000), 0);
  EXPECT_EQ(largest_fall(-1022.75, 2000), 0);
  EXPECT_EQ(largest_fall(-1e-15, 2000), 0);
}

// Where two pieces of the polynomial meet, both within an ulp of the truth, it may step back by one.
TEST(Exp2, falls_by_an_ulp_at_most_where_the_pieces_meet) {
  for (const double seam : {-0.5, -1.5, -2.5, -100.5, -1021.5}) {
    EXPECT_LE(largest_fall(seam, 2000), 1) << seam;
  }
}

TEST(Exp2, coefficients_are_the_ones_used) {
  for (const double t : {-0.5, -0.3, 0.1, 0.49}) {
    double q = exp2_coefficients[11];
    for (int k = 10; k >= 0; --k) {
      q = std::fma(q, t, exp2_coefficients[k]);
    }
    EXPECT_EQ(q, exp2_reproducible(t));
  }
}

// Golden bits: the same on every compiler and device.
TEST(Exp2, golden_bits) {
  EXPECT_EQ(bits_of(exp2_reproducible(-0.1)), 0x3feddb680117ab12U);
  EXPECT_EQ(bits_of(exp2_reproducible(-700.3)), 0x1429fdf8bcce5424U);
  EXPECT_EQ(bits_of(table_weight(0.3, 1 / 0.7)), 0x3fe4d896b8eddab2U);
  EXPECT_EQ(bits_of(table_weight(633.7, 1.1)), 0x011442947e7c9f02U);
}

TEST(Exp2, golden_hash_of_a_million) {
  std::uint64_t hash = 0;
  for (int i = 0; i < 1000000; ++i) {
    hash = hash * 0x9E3779B97F4A7C15U + bits_of(exp2_reproducible(-0.0010223 * i));
  }
  EXPECT_EQ(hash, 0x3279deb849022d0bU);
}

TEST(Exp2TableWeight, keeps_its_relative_error_at_any_depth) {
  std::mt19937_64 random(2);
  std::uniform_real_distribution<double> product(0, 708);
  std::uniform_real_distribution<double> log_beta(-20, 20);
  long double worst = 0;
  for (int i = 0; i < 500000; ++i) {
    const double beta = std::exp(log_beta(random));
    const double depth = product(random) / (i % 2 == 0 ? 1.0 : 100.0) / beta;
    const long double x = static_cast<long double>(depth) * beta;  // 64 bits: error 2^-54 at 708
    const long double low = static_cast<long double>(std::fma(depth, beta, -static_cast<double>(x)));
    const long double whole = static_cast<long double>(static_cast<double>(x));
    const long double exact = std::exp(-whole) * (1 - low);
    const double weight = table_weight(depth, beta);
    if (weight != 0) {
      worst = std::max(worst, std::abs(weight - exact) / exact);
    }
  }
  RecordProperty("worst_relative", std::to_string(static_cast<double>(worst * 1e16L)) + "e-16");
  EXPECT_LT(worst, 2.6e-16L);
}

TEST(Exp2TableWeight, edges) {
  EXPECT_EQ(table_weight(0, 1), 1.0);
  EXPECT_EQ(table_weight(inf, 1), 0.0);
  EXPECT_EQ(table_weight(1e300, 1e300), 0.0);
  EXPECT_EQ(table_weight(709, 1), 0.0);
  EXPECT_EQ(table_weight(5, inf), 0.0);  // T = 0
  EXPECT_EQ(table_weight(0, inf), 1.0);  // T = 0, tied top
  EXPECT_EQ(table_weight(5, 0), 1.0);    // T = inf
  EXPECT_EQ(table_weight(inf, 0), 0.0);  // T = inf, masked
  EXPECT_EQ(table_weight(inf, inf), 0.0);
  EXPECT_EQ(table_weight(5e-324, 5e-324), 1.0);
  EXPECT_GE(table_weight(708, 1), std::numeric_limits<double>::min());  // never subnormal
}

TEST(FloatExp2, errs_by_what_its_header_says) {
  std::mt19937_64 random(4);
  std::uniform_real_distribution<float> depth(0, 1);
  std::uniform_real_distribution<float> magnitude(-30, 30);
  long double worst = 0;
  for (int i = 0; i < 2000000; ++i) {
    const float scale = std::exp2(magnitude(random));
    const float a = -(i % 2 == 0 ? 125.0F : 1.5F) * depth(random) / scale;
    const long double exact = std::exp2(static_cast<long double>(a) * static_cast<long double>(scale));
    worst = std::max(worst, std::abs(static_cast<long double>(exp2_of_product(a, scale)) / exact - 1));
  }
  RecordProperty("worst_in_2^-24", std::to_string(worst * 0x1p24L));
  EXPECT_LT(worst, 3.2L * 0x1p-24L);
  EXPECT_GT(worst, 1.6L * 0x1p-24L) << "less than the polynomial alone";
}

TEST(FloatExp2, is_exact_at_integers_and_nothing_below_its_range) {
  for (int n = 0; n <= 125; ++n) {
    EXPECT_EQ(exp2_of_product(-static_cast<float>(n), 1), std::ldexp(1.0F, -n));
  }
  EXPECT_GT(exp2_of_product(-125.4F, 1), 0);
  for (const float below : {-125.6F, -126.0F, -127.0F, -128.0F, -1e4F, -1e18F,
                            -std::numeric_limits<float>::max(), -std::numeric_limits<float>::infinity()}) {
    EXPECT_EQ(exp2_of_product(below, 1), 0) << below;
    EXPECT_EQ(exp2_of_product(below, 1e30F), 0) << below;
  }
  EXPECT_EQ(exp2_of_product(-0.0F, 7), 1);
}

}  // namespace
}  // namespace tempsweep
