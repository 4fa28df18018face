// SPDX-License-Identifier: Apache-2.0
// Golden numbers: 40-digit roots and sums in mpmath of the formulas in the header.
#include "tempsweep/stats/temperature_score.hpp"

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include <gtest/gtest.h>

namespace tempsweep {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
using Counts = std::vector<std::uint64_t>;

TemperatureScore score_of(const std::vector<double>& depth, const Counts& counts, double beta) {
  std::vector<double> storage;
  std::uint64_t n = 0;
  for (const std::uint64_t count : counts) {
    n += count;
  }
  return score_temperature(make_point_law(depth, beta, storage), counts, n);
}

void expect_score(const TemperatureScore& score, const std::vector<double>& golden) {
  const std::vector<double> values{score.z,
                                   score.score_p.p,
                                   score.root,
                                   score.root_p.p,
                                   score.effective_temperature,
                                   score.effective_temperature_error};
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_NEAR(values[i] / golden[i], 1, 1e-9) << i << ": " << values[i];
  }
}

TEST(TemperatureScore, right_temperature) {
  expect_score(score_of({0, 0.5, 1.25, 3}, {52, 27, 18, 3}, 0.75),
               {1.0604225365852057, 0.28895241389212843, 1.0653441847467695, 0.28672020478597577,
                1.0923554320753723, 0.18648726786704273});
}

TEST(TemperatureScore, wrong_temperature_with_a_tie) {
  expect_score(score_of({0, 0, 2, 2.5, 4}, {500, 510, 70, 60, 10}, 1.5),
               {-16.48952913020883, 4.3633657767877176e-61, -12.770267563914946, 2.403269125458574e-37,
                1.0759605783934823, 0.042989574200841458});
}

TEST(TemperatureScore, hotter_than_any_temperature) {
  expect_score(score_of({0, 0.5, 1.25, 3}, {10, 20, 30, 40}, 0.75),
               {-15.989739048709871, 1.5066077191461856e-57, -12.149109230852644, 5.7994000264880233e-34,
                -2.9025933096245388, 0.6931226030010988});
}

TEST(TemperatureScore, every_draw_on_top) {
  const TemperatureScore score = score_of({0, 1, 1, infinity}, {30, 0, 0, 0}, 2);
  EXPECT_EQ(score.effective_temperature, 0);
  EXPECT_TRUE(std::isnan(score.effective_temperature_error));
  const double p0 = 1 / (1 + 2 * std::exp(-2.0));
  EXPECT_NEAR(score.root_p.p / (2 * std::pow(p0, 30)), 1, 1e-12);
  EXPECT_GT(score.root, 0);
}

TEST(TemperatureScore, every_draw_on_the_deepest) {
  const TemperatureScore score = score_of({0, 1, 3, 3, infinity}, {0, 0, 20, 30, 0}, 0.1);
  const double p = 2 * std::exp(-0.3) / (1 + std::exp(-0.1) + 2 * std::exp(-0.3));
  EXPECT_NEAR(score.root_p.log10_p, std::log10(2.0) + 50 * std::log10(p), 1e-12);
  EXPECT_LT(score.root, 0);
}

TEST(TemperatureScore, flat_means_infinite_temperature) {
  EXPECT_EQ(score_of({0, 1, 2}, {10, 10, 10}, 0.3).effective_temperature, infinity);
  // And as the claim: there is a direction to test, though no relative error of T.
  const TemperatureScore score = score_of({0, 1, 2}, {12, 10, 8}, 0);
  EXPECT_NEAR(score.z, (1 - 26.0 / 30) / std::sqrt(2.0 / 3 / 30), 1e-12);
}

TEST(TemperatureScore, no_test_without_variance_or_draws) {
  for (const auto& score :
       {score_of({0, 0, 0}, {1, 2, 3}, 1), score_of({0, 1}, {0, 0}, 1), score_of({0, 1}, {5, 0}, infinity)}) {
    EXPECT_TRUE(std::isnan(score.z));
    EXPECT_TRUE(std::isnan(score.score_p.p));
    EXPECT_TRUE(std::isnan(score.root_p.log10_p));
  }
  EXPECT_EQ(score_of({0, 1}, {5, 0}, infinity).effective_temperature, 0);
}

// n P(rest) = 0.67: z exists, its normal p-value would mislead.
TEST(TemperatureScore, rare_rest_has_no_normal_p) {
  const TemperatureScore score = score_of({0, 5}, {99, 1}, 1);
  EXPECT_TRUE(std::isfinite(score.z));
  EXPECT_TRUE(std::isnan(score.score_p.p));
  EXPECT_TRUE(std::isnan(score.root_p.p));
}

// One deep token that is drawn about once carries the variance.
TEST(TemperatureScore, skew_has_no_normal_p) {
  EXPECT_TRUE(std::isnan(score_of({0, 0.1, 0.2, 9}, {400, 300, 299, 1}, 0.7).score_p.p));
}

TEST(TemperatureScore, cold_laws_keep_their_digits) {
  // p' = e^-700: whatever the start, one draw in 1e6 below the top means T = gap / ln(1e6 - 1).
  const TemperatureScore score = score_of({0, 7}, {999999, 1}, 100);
  EXPECT_NEAR(score.effective_temperature / (7 / std::log(999999.0)), 1, 1e-12);
}

// The gain in likelihood a draw is 1e-17 here; the difference of two logarithms would be noise.
TEST(TemperatureScore, root_of_many_draws) {
  const std::uint64_t n = std::uint64_t{1} << 52U;
  const TemperatureScore score =
      score_of({0, std::numbers::ln2}, {n / 3 * 2 + 20000000, n - n / 3 * 2 - 20000000}, 1);
  const double z = (20000000.0 + static_cast<double>(n / 3 * 2) - static_cast<double>(n) * 2 / 3) /
                   std::sqrt(static_cast<double>(n) * 2 / 9);
  EXPECT_NEAR(score.z, z, 1e-6);
  EXPECT_NEAR(score.root, z, 1e-6);
}

}  // namespace
}  // namespace tempsweep
