// SPDX-License-Identifier: Apache-2.0
// Golden numbers: scipy 1.17 (binom.sf, binom.cdf) and 40-digit sums of masses in mpmath.
#include "tempsweep/stats/binomial.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace tempsweep {
namespace {

Chance chance(double p) {
  return {p, 1 - p};
}

void expect_close(double value, double golden, double relative) {
  EXPECT_NEAR(value / golden, 1, relative) << value << " is not " << golden;
}

TEST(Binomial, tails_of_scipy) {
  expect_close(binomial_upper(12, 100, chance(0.07)).p, 0.04690037304518088, 1e-12);
  expect_close(binomial_upper(3, 1e6, chance(1e-6)).p, 0.08030130510144962, 1e-9);
  expect_close(binomial_upper(700, 10000, chance(0.06)).p, 2.117371591299963e-05, 1e-11);
  expect_close(binomial_lower(2, 100, chance(0.07)).p, 0.025788541282312418, 1e-12);
  expect_close(binomial_lower(0, 1e6, chance(1e-6)).p, 0.3678792572316451, 1e-12);
  expect_close(binomial_lower(520, 10000, chance(0.06)).p, 0.00031935560973483045, 1e-11);
}

TEST(Binomial, far_tails_in_logarithms) {
  expect_close(binomial_upper(700, 1e6, chance(1e-6)).log10_p, -1689.9238274110132, 1e-12);
  expect_close(binomial_upper(9000, 1e4, chance(0.06)).log10_p, -9613.5666349759349, 1e-12);
  expect_close(binomial_upper(1e6, 1e9, chance(1e-4)).log10_p, -609314.27910273836, 1e-12);
  EXPECT_EQ(binomial_upper(9000, 1e4, chance(0.06)).p, 0);
}

TEST(Binomial, many_draws_by_the_uniform_expansion) {
  expect_close(binomial_upper(300050000, 1e9, chance(0.3)).p, 0.0002800409421160865, 1e-6);
  expect_close(binomial_upper(300000000, 1e9, chance(0.3)).p, 0.5000119295070464, 1e-8);
  expect_close(binomial_lower(300000000, 1e9, chance(0.3)).p, 0.5000156001249032, 1e-8);
  expect_close(binomial_upper(300000001, 1e9, chance(0.3)).p, 0.49998439987509674, 1e-8);
  expect_close(binomial_lower(299900000, 1e9, chance(0.3)).p, 2.5848767172973756e-12, 1e-5);
}

// n p q = 1e6 is where the method changes: no step there.
TEST(Binomial, methods_meet) {
  for (const double deviations : {-5.0, -1.0, -0.001, 0.0, 0.5, 4.0}) {
    const double k = std::floor(2e6 + deviations * 1000);
    const double exact = binomial_upper(k, 3999999, chance(0.5)).p;
    const double expanded = binomial_upper(k, 4000001, chance(0.5)).p;
    // One draw more on average moves the tail by a known mass.
    const double moved = std::exp(log_binomial_mass(k, 4000000, chance(0.5)));
    EXPECT_NEAR(expanded, exact + moved, 3e-5 * exact) << deviations;
  }
}

TEST(Binomial, keeps_a_complement_that_one_minus_p_would_lose) {
  const Chance rare{1e-20, 1};
  expect_close(binomial_upper(1, 1e6, rare).p, 1e-14, 1e-12);
  expect_close(binomial_lower(1e6 - 1, 1e6, rare.complement()).p, 1e-14, 1e-12);
}

TEST(Binomial, edges) {
  EXPECT_EQ(binomial_upper(0, 10, chance(0.3)).p, 1);
  EXPECT_EQ(binomial_lower(10, 10, chance(0.3)).p, 1);
  EXPECT_EQ(binomial_upper(1, 10, {0, 1}).log10_p, -std::numeric_limits<double>::infinity());
  EXPECT_EQ(binomial_lower(9, 10, {1, 0}).p, 0);
  EXPECT_EQ(binomial_two_sided(10, 10, {1, 0}).p, 1);
  EXPECT_EQ(binomial_two_sided(0, 0, chance(0.3)).p, 1);
}

TEST(Binomial, two_sided_is_twice_the_smaller_tail) {
  expect_close(binomial_two_sided(520, 10000, chance(0.06)).p, 2 * 0.00031935560973483045, 1e-11);
  EXPECT_EQ(binomial_two_sided(6, 100, chance(0.06)).p, 1);
}

TEST(Binomial, masses_add_up) {
  double sum = 0;
  for (int k = 0; k <= 300; ++k) {
    sum += std::exp(log_binomial_mass(k, 300, chance(0.013)));
  }
  EXPECT_NEAR(sum, 1, 1e-13);
  EXPECT_NEAR(log_binomial_mass(2, 4, chance(0.5)), std::log(6.0 / 16), 1e-14);
}

TEST(Binomial, randomised_p_fills_the_gaps) {
  for (int k = 0; k < 20; ++k) {
    EXPECT_NEAR(randomised_binomial(k, 20, chance(0.1), 1), randomised_binomial(k + 1, 20, chance(0.1), 0),
                1e-14);
  }
  EXPECT_EQ(randomised_binomial(0, 20, chance(0.1), 0), 0);
  EXPECT_NEAR(randomised_binomial(5, 5, {1, 0}, 0.25), 0.25, 1e-15);
}

TEST(Normal, two_sided_far_out) {
  expect_close(two_sided_normal(1.959963984540054).p, 0.05, 1e-12);
  const double both_ways = two_sided_normal(25).log10_p;
  expect_close(both_ways, two_sided_normal(std::nextafter(25.0, 0)).log10_p, 1e-12);
  expect_close(two_sided_normal(1000).log10_p, -217150.3390119987, 1e-14);
  EXPECT_TRUE(std::isnan(two_sided_normal(std::nan("")).p));
}

}  // namespace
}  // namespace tempsweep
