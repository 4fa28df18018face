// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "tempsweep/core/statistics.hpp"
#include "tempsweep/stats/point_statistics.hpp"

namespace tempsweep {
namespace {

using Counts = std::vector<std::uint64_t>;

PointStatistics of_flat_law(const Counts& counts) {
  PointScratch scratch;
  const std::vector<double> depth(counts.size(), 0);
  return judge_point({depth, counts, 1, std::accumulate(counts.begin(), counts.end(), std::uint64_t{0})},
                     scratch);
}

double entropy_bits(const Counts& counts) {
  return of_flat_law(counts).empirical_entropy;
}

double corrected_bits(const Counts& counts) {
  return of_flat_law(counts).empirical_entropy_corrected;
}

TEST(EmpiricalEntropy, by_hand) {
  EXPECT_DOUBLE_EQ(entropy_bits(Counts{4, 4, 4, 4}), 2.0);
  EXPECT_DOUBLE_EQ(entropy_bits(Counts{8, 4, 2, 2, 0}), 1.75);
  EXPECT_EQ(entropy_bits(Counts{16, 0}), 0.0);
  EXPECT_EQ(entropy_bits(Counts{0, 0}), 0.0);
}

TEST(EmpiricalEntropy, keeps_relative_accuracy_near_zero) {
  const std::uint64_t n = std::uint64_t{1} << 53U;
  const double f = 0x1p-53;
  EXPECT_NEAR(entropy_bits(Counts{n - 1, 1}) / (53 * f + f / std::numbers::ln2), 1, 1e-14);
}

TEST(EmpiricalEntropy, miller_madow_adds_the_bias) {
  EXPECT_NEAR(corrected_bits(Counts{8, 4, 2, 2, 0}), 1.75 + 3 / (32 * std::numbers::ln2), 1e-15);
  EXPECT_EQ(corrected_bits(Counts{16, 0}), 0.0);
  EXPECT_EQ(corrected_bits(Counts{0, 0}), 0.0);
}

TEST(TotalVariation, by_hand) {
  const std::vector<double> law{0.5, 0.25, 0.25};
  EXPECT_DOUBLE_EQ(total_variation(law, Counts{2, 1, 1}, 4), 0.0);
  EXPECT_DOUBLE_EQ(total_variation(law, Counts{4, 0, 0}, 4), 0.5);
  EXPECT_DOUBLE_EQ(total_variation(std::vector<double>{1, 0}, Counts{0, 4}, 4), 1.0);
  EXPECT_EQ(total_variation(law, Counts{0, 0, 0}, 0), 0.0);
  EXPECT_THROW(static_cast<void>(total_variation(law, Counts{1}, 1)), std::invalid_argument);
}

}  // namespace
}  // namespace tempsweep
