// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/core/method_choice.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "tempsweep/math/octave_series.hpp"

namespace tempsweep {
namespace {

/// One unit a token and β; a ladder costs 100, its sums 10 a β, a series 310 and nothing a β.
constexpr MethodCosts costs{1, 0, 0, 100, 10, 1, 0, 0};

BetaRequests requests(std::int64_t count) {
  std::vector<double> grid;
  for (std::int64_t k = 0; k < count; ++k) {
    grid.push_back(0.51 + 0.48 * static_cast<double>(k) / static_cast<double>(count));  // β from 1 to 2
  }
  const double one = 1;
  return count_beta_requests(grid, std::span(&one, 1));
}

TEST(MethodChoice, TakesTheCheapestByTheCosts) {
  EXPECT_FALSE(choose_method(requests(20), Method::automatic, costs, 11).expands) << "220 against 300";
  const auto expansion = choose_method(requests(20), Method::automatic, costs, 100);
  EXPECT_TRUE(expansion.expands && expansion.octaves.empty()) << "300 against 2000 and 410";
  const auto series = choose_method(requests(200), Method::automatic, costs, 100);
  EXPECT_EQ(series.octaves, std::vector<int>{0}) << "410 against 2100";
}

TEST(MethodChoice, CountsSumsThatAreMadeTogether) {
  MethodCosts wide = costs;
  wide.ladder_points = 8;
  EXPECT_TRUE(choose_method(requests(17), Method::automatic, costs, 18).expands) << "270 against 306";
  EXPECT_FALSE(choose_method(requests(17), Method::automatic, wide, 18).expands) << "340 against 306";
}

TEST(MethodChoice, DoesWhatItIsTold) {
  EXPECT_FALSE(choose_method(requests(1000), Method::direct, costs, 100000).expands);
  const auto expansion = choose_method(requests(1000), Method::expansion, costs, 2);
  EXPECT_TRUE(expansion.expands && expansion.octaves.empty());
  EXPECT_EQ(choose_method(requests(1), Method::interpolation, costs, 2).octaves.size(), 1U);
}

TEST(MethodChoice, LaddersReachTheEndsOfTheSeries) {
  const auto choice = choose_method(requests(200), Method::interpolation, costs, 100);
  EXPECT_EQ(choice.steepest, octave_right_end);
  EXPECT_EQ(choice.octave_place(1.5), 0);
  EXPECT_EQ(choice.octave_place(2.0), -1);
  EXPECT_EQ(choice.octave_place(0.0), -1);
  EXPECT_EQ(choice.octave_place(HUGE_VAL), -1);
}

TEST(BetaRequests, AreCountedByOctave) {
  const std::vector<double> grid = {0, 0.3, 0.9, 1, 2, HUGE_VAL};
  const std::vector<double> orders = {1, 2};
  const BetaRequests found = count_beta_requests(grid, orders);
  EXPECT_EQ(found.total(), 10) << "T = 0 asks for nothing";
  EXPECT_EQ(found.limits, 2) << "beta = 0";
  EXPECT_EQ(found.steepest, 2 / 0.3);
  ASSERT_EQ(found.octaves.size(), 4U);
  EXPECT_EQ(found.octaves.front().number, -1);
  EXPECT_EQ(found.octaves.front().count, 1) << "1/2";
}

}  // namespace
}  // namespace tempsweep
