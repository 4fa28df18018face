// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/math/judge_sums.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace tempsweep {
namespace {

TEST(BranchFree, same_bits_as_the_functions_with_branches) {
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> exponent(-300, 300);
  for (int i = 0; i < 200000; ++i) {
    const double x = std::exp2(exponent(random));
    ASSERT_EQ(branch_free::log_of(x), log_reproducible(x)) << x;
  }
  std::uniform_int_distribution<std::uint64_t> any(0, std::uint64_t{1} << 40U);
  for (int i = 0; i < 200000; ++i) {
    const double k =
        i % 50 == 0 ? 0 : std::floor(static_cast<double>(any(random)) * std::exp2(exponent(random) / 20));
    const double n = 0x1p40;
    const double p = i % 2 == 0 ? std::exp2(exponent(random) / 8 - 40)
                                : std::max(k, 1.0) / n * (1 + exponent(random) / 1500);
    ASSERT_EQ(branch_free::half_deviance(k, mean_count(n, p)), half_deviance(k, mean_count(n, p)))
        << k << ' ' << p;
  }
}

TEST(BranchFree, powers_on_both_sides) {
  for (double x = -700; x <= 700; x += 0.37) {
    EXPECT_NEAR(branch_free::power(x) / std::exp(x), 1, 1e-15) << x;
  }
  EXPECT_EQ(branch_free::power(-709), 0);
  EXPECT_EQ(branch_free::power(0), 1);
  EXPECT_NEAR(exp_of(-740) / std::exp(-740), 1, 0.3);  // a subnormal of two digits
}

TEST(BranchFree, surprisal_where_one_token_takes_nearly_all) {
  for (const double n : {3.0, 1e6, 0x1.8p51, 0x1p53 - 1}) {
    for (const double missing : {0.0, 1.0, 2.0, 1000.0}) {
      const double exact = -std::log1p(-missing / n);
      if (missing < n) {
        EXPECT_NEAR(branch_free::surprisal(n - missing, n), exact, 4e-16 * exact) << n << ' ' << missing;
      }
    }
  }
}

TEST(LaneSum, keeps_what_cancels_and_stays_infinite) {
  LaneSum sum;
  for (const double term : {1.0, 1e100, 1.0, -1e100}) {
    sum.add(term);
  }
  EXPECT_EQ(sum.value(), 2);
  EXPECT_EQ(sum.with({1e100, 0}).with({-1e100, 0}).value(), 2);
  for (int i = 0; i < 3; ++i) {
    sum.add(1e308);
  }
  EXPECT_EQ(sum.value(), ieee::infinity);
}

TEST(CountValue, rounds_as_a_cast_does) {
  std::mt19937_64 random(7);
  for (int shift = 0; shift < 64; ++shift) {
    for (int i = 0; i < 100; ++i) {
      const std::uint64_t count = random() >> static_cast<unsigned>(shift);
      ASSERT_EQ(count_value(count), static_cast<double>(count));
    }
  }
  EXPECT_EQ(count_value(0), 0);
}

TEST(CellRanking, the_first_of_equals) {
  CellRanking ranking;
  const std::vector<double> ranks{1, 5, 3, 5, 2, 5, 5, 5, 4};
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    ranking.add(ranks[i], static_cast<std::int64_t>(i));
  }
  EXPECT_EQ(ranking.best[0].place, 1);
  EXPECT_EQ(ranking.best[1].place, 3);
  EXPECT_EQ(ranking.best[3].place, 6);
  ranking.add(6, 9);  // what it moves down keeps its order
  EXPECT_EQ(ranking.best[0].place, 9);
  EXPECT_EQ(ranking.best[1].place, 1);
  EXPECT_EQ(ranking.best[3].place, 5);
  ranking.pop();
  EXPECT_EQ(ranking.best[0].place, 1);
  EXPECT_EQ(ranking.best[3].place, -1);
}

}  // namespace
}  // namespace tempsweep
