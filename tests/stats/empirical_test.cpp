// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <numbers>
#include <vector>

#include <gtest/gtest.h>

#include "tempsweep/core/statistics.hpp"

namespace tempsweep {
namespace {

using Counts = std::vector<std::uint64_t>;

TEST(EmpiricalEntropy, by_hand) {
  EXPECT_DOUBLE_EQ(empirical_entropy_bits(Counts{4, 4, 4, 4}, 16), 2.0);
  EXPECT_DOUBLE_EQ(empirical_entropy_bits(Counts{8, 4, 2, 2, 0}, 16), 1.75);
  EXPECT_EQ(empirical_entropy_bits(Counts{16, 0}, 16), 0.0);
  EXPECT_EQ(empirical_entropy_bits(Counts{0, 0}, 0), 0.0);
}

TEST(EmpiricalEntropy, keeps_relative_accuracy_near_zero) {
  const std::uint64_t n = std::uint64_t{1} << 53U;
  const double f = 0x1p-53;
  EXPECT_NEAR(empirical_entropy_bits(Counts{n - 1, 1}, n) / (53 * f + f / std::numbers::ln2), 1, 1e-14);
}

TEST(EmpiricalEntropy, miller_madow_adds_the_bias) {
  EXPECT_NEAR(miller_madow_entropy_bits(Counts{8, 4, 2, 2, 0}, 16), 1.75 + 3 / (32 * std::numbers::ln2),
              1e-15);
  EXPECT_EQ(miller_madow_entropy_bits(Counts{16, 0}, 16), 0.0);
  EXPECT_EQ(miller_madow_entropy_bits(Counts{0, 0}, 0), 0.0);
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
