// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "stats/moments.hpp"

namespace tempsweep::stats {
namespace {

TEST(GammaTail, chi_square_table) {
  EXPECT_NEAR(gamma_tail(0.5, 3.841458820694124 / 2).p, 0.05, 1e-14);
  EXPECT_NEAR(gamma_tail(5, 23.209251158954356 / 2).p, 0.01, 1e-14);
  EXPECT_EQ(gamma_tail(3, 0).p, 1.0);
  EXPECT_EQ(gamma_tail(3, 0).log10_p, 0.0);
}

// Q(1, x) = e^-x.
TEST(GammaTail, logarithm_goes_on_where_p_cannot) {
  for (const double x : {600.0, 660.0, 690.0, 720.0, 1e4, 1e8}) {
    EXPECT_NEAR(gamma_tail(1, x).log10_p, -x / std::log(10.0), 1e-13 * x) << x;
  }
  EXPECT_EQ(gamma_tail(1, 1e4).p, 0.0);
}

// 60-digit values of mpmath.
TEST(GammaTail, logarithm_of_many_degrees) {
  EXPECT_NEAR(gamma_tail(64127.5, 90000).log10_p, -1799.2398718363243, 1e-8);
  EXPECT_NEAR(gamma_tail(500, 5000).log10_p, -1457.0281655836982, 1e-10);
  EXPECT_NEAR(gamma_tail(0.5, 800).log10_p, -349.13597646368186, 1e-11);
}

TEST(GammaTail, logarithm_has_no_step_where_the_method_changes) {
  double before = gamma_tail(2.5, 600).log10_p;
  for (double x = 601; x < 720; x += 1) {
    const double now = gamma_tail(2.5, x).log10_p;
    EXPECT_NEAR(before - now, 0.4342944819 * (1 - 1.5 / x), 1e-4) << x;
    before = now;
  }
}

TEST(GammaTail, infinite_statistic) {
  EXPECT_EQ(gamma_tail(3, std::numeric_limits<double>::infinity()).p, 0.0);
  EXPECT_EQ(gamma_tail(3, std::numeric_limits<double>::infinity()).log10_p,
            -std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace tempsweep::stats
