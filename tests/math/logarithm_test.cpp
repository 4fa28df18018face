// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/math/logarithm.hpp"

#include <cmath>
#include <limits>
#include <random>
#include <string>

#include <gtest/gtest.h>
#include <quadmath.h>

namespace tempsweep {
namespace {

__extension__ using Quad = __float128;

constexpr double inf = std::numeric_limits<double>::infinity();
const double nan_value = std::nan("");

/// |value - exact| in units of the last place of the exact number.
double error_in_ulp(double value, Quad exact) {
  if (exact == 0 || isinfq(exact) != 0) {
    return value == static_cast<double>(exact) ? 0 : inf;
  }
  const int exponent = std::max(ilogbq(exact), -1022);
  return static_cast<double>(fabsq(scalbnq(value - exact, 52 - exponent)));
}

class WorstError {
 public:
  void log(double x) { note(x, error_in_ulp(log_reproducible(x), logq(x))); }
  void log1p(double x) { note(x, error_in_ulp(log1p_reproducible(x), log1pq(x))); }
  [[nodiscard]] double ulp() const { return ulp_; }
  [[nodiscard]] double where() const { return where_; }

 private:
  void note(double x, double ulp) {
    if (!(ulp <= ulp_)) {
      ulp_ = ulp;
      where_ = x;
    }
  }
  double ulp_ = 0;
  double where_ = 0;
};

TEST(Logarithm, error_over_the_whole_range) {
  std::mt19937_64 random(1);
  std::uniform_int_distribution<std::uint64_t> any(1, bits_of(std::numeric_limits<double>::max()));
  std::uniform_real_distribution<double> near(0.4, 2.5);
  std::uniform_real_distribution<double> nearer(-20, 0);
  std::uniform_int_distribution<std::uint64_t> subnormal(1, (std::uint64_t{1} << 52U) - 1);
  WorstError worst;
  for (int i = 0; i < 150000; ++i) {
    worst.log(double_of(any(random)));
    worst.log(near(random));
    worst.log(1 + std::ldexp(near(random), static_cast<int>(2 * nearer(random))));
    worst.log(1 - std::ldexp(near(random), static_cast<int>(2 * nearer(random)) - 2));
    worst.log(double_of(subnormal(random)));
  }
  RecordProperty("worst_ulp", std::to_string(worst.ulp()));
  EXPECT_LT(worst.ulp(), 1.0) << "ln " << worst.where();
}

TEST(Logarithm, error_of_log1p) {
  std::mt19937_64 random(2);
  std::uniform_real_distribution<double> exponent(-1070, 1023);
  std::uniform_real_distribution<double> small(-56, 2);
  std::uniform_real_distribution<double> near(-1, 3);
  WorstError worst;
  for (int i = 0; i < 150000; ++i) {
    worst.log1p(std::exp2(exponent(random)));
    worst.log1p(std::exp2(small(random)));
    worst.log1p(-std::exp2(small(random) - 2));
    worst.log1p(near(random));
    worst.log1p(-1 + std::exp2(small(random) - 2));
  }
  RecordProperty("worst_ulp", std::to_string(worst.ulp()));
  EXPECT_LT(worst.ulp(), 1.0) << "log1p " << worst.where();
}

// Where two pieces meet, at 2^k √½, and where log1p changes its way.
TEST(Logarithm, error_at_the_seams) {
  WorstError worst;
  for (const double seam :
       {0x1.6a09e667f3bcdp-1, 0x1.6a09e667f3bcdp0, 1.0, 0x1.6a09e667f3bcdp-1022, 0x1p-1022}) {
    for (int i = -1000; i <= 1000; ++i) {
      worst.log(double_of(bits_of(seam) + static_cast<std::uint64_t>(std::int64_t{i})));
    }
  }
  for (const double seam : {-0.29, 0.41, 1.0, 0x1p-54, -0x1p-54, 0x1p53, -0.5}) {
    for (int i = -1000; i <= 1000; ++i) {
      worst.log1p(double_of(bits_of(seam) + static_cast<std::uint64_t>(std::int64_t{i})));
    }
  }
  EXPECT_LT(worst.ulp(), 1.0) << worst.where();
}

TEST(Logarithm, edges) {
  EXPECT_EQ(bits_of(log_reproducible(1.0)), 0U);  // +0
  EXPECT_EQ(log_reproducible(0.0), -inf);
  EXPECT_EQ(log_reproducible(-0.0), -inf);
  EXPECT_EQ(log_reproducible(inf), inf);
  EXPECT_TRUE(std::isnan(log_reproducible(-1e-300)));
  EXPECT_TRUE(std::isnan(log_reproducible(-inf)));
  EXPECT_TRUE(std::isnan(log_reproducible(nan_value)));
  EXPECT_EQ(log_reproducible(5e-324), -0x1.74385446d71c3p+9);
  EXPECT_EQ(log_reproducible(std::numeric_limits<double>::max()), 0x1.62e42fefa39efp+9);
  EXPECT_EQ(log_reproducible(2.0), 0x1.62e42fefa39efp-1);
  EXPECT_EQ(log_reproducible(0.5), -0x1.62e42fefa39efp-1);
}

TEST(Logarithm, edges_of_log1p) {
  EXPECT_EQ(log1p_reproducible(-1.0), -inf);
  EXPECT_TRUE(std::isnan(log1p_reproducible(-1.0000000000000002)));
  EXPECT_TRUE(std::isnan(log1p_reproducible(nan_value)));
  EXPECT_EQ(log1p_reproducible(inf), inf);
  EXPECT_EQ(bits_of(log1p_reproducible(-0.0)), bits_of(-0.0));
  EXPECT_EQ(bits_of(log1p_reproducible(0.0)), 0U);
  EXPECT_EQ(log1p_reproducible(5e-324), 5e-324);
  EXPECT_EQ(log1p_reproducible(-5e-324), -5e-324);
  EXPECT_EQ(log1p_reproducible(-0x1.fffffffffffffp-1), -0x1.25e4f7b2737fap+5);  // ln 2^-53
  EXPECT_EQ(log1p_reproducible(1.0), 0x1.62e42fefa39efp-1);
}

// Golden bits: the same on every compiler and device.
TEST(Logarithm, golden_hash_of_a_million) {
  std::uint64_t hash = 0;
  for (int i = 1; i <= 500000; ++i) {
    hash = hash * 0x9E3779B97F4A7C15U + bits_of(log_reproducible(0.000173 * i));
    hash = hash * 0x9E3779B97F4A7C15U + bits_of(log1p_reproducible(-0.999 + 0.0000173 * i));
  }
  EXPECT_EQ(hash, 3598340358153662040U);
}

}  // namespace
}  // namespace tempsweep
