// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/math/ordered_sums.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>
#include <quadmath.h>

/// Sums over sorted weights and the arithmetic of two doubles, against 113 bits.
namespace tempsweep {
namespace {

__extension__ using Quad = __float128;

TEST(DoubleDouble, WeightsHaveNinetyBits) {
  std::mt19937_64 engine(1);
  std::uniform_real_distribution<double> depth(0, 40);
  std::uniform_real_distribution<double> octave(-40, 4);
  Quad worst = 0;
  for (int i = 0; i < 20000; ++i) {
    const double d = depth(engine);
    const double beta = std::exp2(octave(engine));
    const ShiftedWeight weight = exact_weight(d, beta);
    const Quad reference = ldexpq(expq(-Quad(d) * beta), weight.shift);
    const Quad value = Quad(weight.mantissa.high) + weight.mantissa.low;
    worst = std::max(worst, fabsq(value / reference - 1));
    const DoubleDouble plain = exact_weight_value(d, beta);
    EXPECT_EQ(plain.high, std::ldexp(weight.mantissa.high, -weight.shift));
  }
  EXPECT_LT(static_cast<double>(worst), 0x1p-90);
  ::testing::Test::RecordProperty("worst", std::to_string(std::log2(static_cast<double>(worst))));
}

TEST(DoubleDouble, WeightsBeyondTheRange) {
  const ShiftedWeight deep = exact_weight(745.5, 1);
  EXPECT_NEAR(std::log(deep.mantissa.high) - deep.shift * std::log(2), -745.5, 1e-12);
  EXPECT_EQ(exact_weight_value(709, 1).high, 0);
  EXPECT_EQ(exact_weight_value(1e300, 1e300).high, 0);
  EXPECT_EQ(exact_weight_value(0, 1e300).high, 1);
}

TEST(DoubleDouble, QuotientsAndProducts) {
  const DoubleDouble third = DoubleDouble{1, 0} / 3.0;
  const DoubleDouble one = third * DoubleDouble{3, 0};
  EXPECT_NEAR((one.high - 1) + one.low, 0, 0x1p-104);
  EXPECT_TRUE((third < DoubleDouble{third.high, 0}) == (third.low < 0));
}

struct Row {
  std::vector<double> depths;
  std::vector<OrderedNode> nodes;
  [[nodiscard]] OrderedRow view() const {
    return {depths.data(), nodes.data(), static_cast<std::int64_t>(depths.size()), 1};
  }
};

Row make_row(std::vector<double> depths) {
  Row row;
  std::sort(depths.begin(), depths.end());
  depths.front() = 0;
  const auto tokens = static_cast<std::int64_t>(depths.size());
  std::int64_t count = order_leaves(tokens);
  row.nodes.resize(static_cast<std::size_t>(order_nodes(tokens)));
  for (std::int64_t i = 0; i < count; ++i) {
    row.nodes[static_cast<std::size_t>(i)] =
        leaf_node(depths.data() + i * order_leaf, std::min(order_leaf, tokens - i * order_leaf));
  }
  OrderedNode* below = row.nodes.data();
  for (std::int64_t size = order_leaf; count > 1; size *= 2) {
    OrderedNode* const level = below + count;
    count = (count + 1) / 2;
    for (std::int64_t i = 0; i < count; ++i) {
      level[i] = parent_node(depths.data(), tokens, below, size, i);
    }
    below = level;
  }
  EXPECT_EQ(below + 1, row.nodes.data() + row.nodes.size()) << "the root is last";
  row.depths = std::move(depths);
  return row;
}

/// What is stated bounds what is measured, by a factor of more than ten.
TEST(OrderedSums, ErrLessThanTheyState) {
  std::mt19937_64 engine(2);
  double worst = 0;
  for (const std::size_t tokens : {1U, 2U, 128U, 129U, 1000U, 30000U}) {
    std::exponential_distribution<double> shallow(0.5);
    std::uniform_real_distribution<double> flat(0, 30);
    for (int law = 0; law < 2; ++law) {
      std::vector<double> depths(tokens);
      std::generate(depths.begin(), depths.end(), [&] { return law == 0 ? shallow(engine) : flat(engine); });
      const Row row = make_row(depths);
      for (const double beta : {1e-300, 1e-9, 0.01, 0.3, 1.0, 2.7, 20.0, 1e4}) {
        const OrderedSums sums(row.view(), beta);
        std::vector<Quad> exact(tokens + 1);
        for (std::size_t i = 0; i < tokens; ++i) {
          exact[i + 1] = exact[i] + expq(-Quad(row.depths[i]) * beta);
        }
        OrderedSums::Walk walk;
        for (const double share : {0.0001, 0.1, 0.5, 0.77, 0.99, 1.0}) {
          const auto k = static_cast<std::size_t>(std::ceil(share * static_cast<double>(tokens)));
          const double error =
              std::abs(static_cast<double>(sums.prefix(static_cast<std::int64_t>(k)) / exact[k] - 1));
          worst = std::max(worst, error);
          sums.walk_to(static_cast<double>(exact[tokens]) * share, walk);
          const auto at = static_cast<std::size_t>(walk.tokens);
          worst = std::max(worst, std::abs(static_cast<double>(walk.value() / exact[at] - 1)));
        }
      }
    }
  }
  EXPECT_LT(worst, order_sum_error / 10);
  ::testing::Test::RecordProperty("worst", std::to_string(std::log2(worst)));
}

}  // namespace
}  // namespace tempsweep
