// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "tempsweep/core/statistics.hpp"

namespace tempsweep {
namespace {

using Law = std::vector<double>;
using Counts = std::vector<std::uint64_t>;

ChiSquare test_of(const Law& law, const Counts& counts, std::uint64_t n) {
  ChiSquareScratch scratch;
  return chi_square_test(law, counts, n, scratch);
}

// E = 50 30 12 8: X^2 = 16/50 + 4/30 + 0 + 4/8... with O = 54 28 12 6.
TEST(ChiSquareTest, statistic_by_hand) {
  const ChiSquare result = test_of({0.5, 0.3, 0.12, 0.08}, {54, 28, 12, 6}, 100);
  EXPECT_NEAR(result.statistic, 16.0 / 50 + 4.0 / 30 + 4.0 / 8, 1e-13);
  EXPECT_EQ(result.dof, 3);
  EXPECT_EQ(result.bins_pooled, 0);
  EXPECT_NEAR(result.log10_p, std::log10(result.p_value), 1e-15);
  EXPECT_GT(result.p_value, 0.7);
  EXPECT_LT(result.p_value, 0.9);
}

// E = 60 20 | 4 4 4 4 4: from the rare end 4+4, 4+4, and the leftover 4 joins the last: 8 and 12.
TEST(ChiSquareTest, leftover_joins_the_pooled_neighbour) {
  const ChiSquare result = test_of({0.6, 0.2, 0.04, 0.04, 0.04, 0.04, 0.04}, {60, 20, 1, 2, 9, 3, 5}, 100);
  EXPECT_NEAR(result.statistic, 0.0, 1e-13);  // 3+5 = 8 and 9+2+1 = 12
  EXPECT_EQ(result.dof, 3);
  EXPECT_EQ(result.bins_pooled, 3);
}

// E = 90 7 | 2 1: the rare end never reaches 5 and joins the 7.
TEST(ChiSquareTest, leftover_joins_the_rarest_single_token) {
  const ChiSquare result = test_of({0.9, 0.07, 0.02, 0.01}, {88, 9, 3, 0}, 100);
  EXPECT_NEAR(result.statistic, 4.0 / 90 + 4.0 / 10, 1e-13);
  EXPECT_EQ(result.dof, 1);
  EXPECT_EQ(result.bins_pooled, 2);
}

TEST(ChiSquareTest, pooling_looks_at_expectations_only) {
  const Law law{0.6, 0.2, 0.04, 0.04, 0.04, 0.04, 0.04};
  const ChiSquare one = test_of(law, {100, 0, 0, 0, 0, 0, 0}, 100);
  const ChiSquare other = test_of(law, {0, 0, 0, 0, 0, 0, 100}, 100);
  EXPECT_EQ(one.dof, other.dof);
  EXPECT_EQ(one.bins_pooled, other.bins_pooled);
}

TEST(ChiSquareTest, one_cell_is_no_test) {
  for (const Law& law : {Law{1.0}, Law{1.0, 0.0}, Law{0.999, 0.0005, 0.0005}}) {
    Counts counts(law.size(), 0);
    counts[0] = 100;
    const ChiSquare result = test_of(law, counts, 100);
    EXPECT_EQ(result.statistic, 0);
    EXPECT_EQ(result.dof, 0);
    EXPECT_EQ(result.p_value, 1);
    EXPECT_EQ(result.log10_p, 0);
    EXPECT_EQ(result.bins_pooled, law.size() == 3 ? 2 : 0);
  }
  EXPECT_EQ(test_of({0.5, 0.5}, {1, 1}, 2).p_value, 1);
  EXPECT_EQ(test_of({0.5, 0.5}, {0, 0}, 0).p_value, 1);
}

TEST(ChiSquareTest, impossible_token_is_certain_rejection) {
  const double inf = std::numeric_limits<double>::infinity();
  for (const Law& law : {Law{0.6, 0.4, 0.0, 0.0}, Law{1.0, 0.0, 0.0, 0.0}}) {
    const ChiSquare result = test_of(law, {60, 39, 0, 1}, 100);
    EXPECT_EQ(result.statistic, inf);
    EXPECT_EQ(result.p_value, 0);
    EXPECT_EQ(result.log10_p, -inf);
  }
}

TEST(ChiSquareTest, logarithm_below_the_smallest_double) {
  const ChiSquare result = test_of({0.5, 0.5}, {1000000, 0}, 1000000);
  EXPECT_EQ(result.statistic, 1e6);
  EXPECT_EQ(result.p_value, 0);
  EXPECT_LT(result.log10_p, -1e5);
  EXPECT_TRUE(std::isfinite(result.log10_p));
}

TEST(ChiSquareTest, as_many_draws_as_a_double_counts) {
  const std::uint64_t n = std::uint64_t{1} << 53U;
  const std::uint64_t off = 50000000;  // about half a standard deviation
  const ChiSquare result = test_of({0.5, 0.5}, {n / 2 + off, n / 2 - off}, n);
  EXPECT_NEAR(result.statistic, 4.0 * 5e7 * 5e7 / 0x1p53, 1e-12);
  EXPECT_NEAR(result.p_value, std::erfc(std::sqrt(result.statistic / 2)), 1e-9);
}

TEST(ChiSquareTest, refuses_different_sizes) {
  EXPECT_THROW(static_cast<void>(test_of({0.5, 0.5}, {1}, 1)), std::invalid_argument);
}

}  // namespace
}  // namespace tempsweep
