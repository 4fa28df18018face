// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/stats/equal_points.hpp"

#include <stdexcept>

#include <gtest/gtest.h>

namespace tempsweep {
namespace {

using Counts = std::vector<std::uint64_t>;

const std::vector<double> depth = {0, 0.5, 1, 1, 2};
const Counts first = {420, 240, 170, 130, 40};
const Counts second = {398, 262, 140, 155, 45};

PointStatistics together(const std::vector<Counts>& points) {
  const std::vector<std::span<const std::uint64_t>> views(points.begin(), points.end());
  PointScratch scratch;
  Counts sum;
  return judge_together({depth, {}, 1, 1000}, views, sum, scratch);
}

TEST(EqualPoints, identical_points_add_up_to_a_larger_chi_square) {
  const double one = together({first}).chi_square.statistic;
  EXPECT_GT(one, 1);
  EXPECT_NEAR(together({first, first, first}).chi_square.statistic, 3 * one, 1e-10 * one);
}

TEST(EqualPoints, points_are_judged_by_the_sum_of_their_counts) {
  Counts sum(depth.size());
  for (std::size_t i = 0; i < sum.size(); ++i) {
    sum[i] = first[i] + second[i];
  }
  PointScratch scratch;
  const PointStatistics both = judge_point({depth, sum, 1, 2000}, scratch);
  const PointStatistics found = together({first, second});
  EXPECT_EQ(found.chi_square.p_value, both.chi_square.p_value);
  EXPECT_EQ(found.temperature.z, both.temperature.z);
  EXPECT_EQ(found.top_count.log10_p, both.top_count.log10_p);
}

TEST(EqualPoints, another_vocabulary_is_refused) {
  EXPECT_THROW((void)together({first, {1, 2, 3}}), std::invalid_argument);
}

}  // namespace
}  // namespace tempsweep
