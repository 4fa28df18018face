// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/math/truncation.hpp"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>
#include <quadmath.h>

namespace tempsweep {
namespace {

constexpr std::int64_t all = INT64_MAX;

/// A row in order, and its tree.
struct Row {
  explicit Row(std::vector<double> logits) {
    logits.erase(std::remove(logits.begin(), logits.end(), -HUGE_VAL), logits.end());
    std::sort(logits.begin(), logits.end(), std::greater<>());
    for (const double logit : logits) {
      depths.push_back(std::min(logits.front() - logit, DBL_MAX));
    }
    nodes.resize(static_cast<std::size_t>(order_nodes(std::ssize(depths))));
    build_order_nodes(depths.data(), std::ssize(depths), nodes.data());
  }
  [[nodiscard]] OrderedRow view() const {
    return {depths.data(), nodes.data(), std::ssize(depths), std::count(depths.begin(), depths.end(), 0.0)};
  }
  [[nodiscard]] std::int64_t left(double temperature, std::int64_t k, double p, double m) const {
    return survivors(view(), temperature, {k, {p, 0}, {m, 0}});
  }

  std::vector<double> depths;
  std::vector<OrderedNode> nodes;
};

std::vector<double> logs(std::vector<double> probabilities) {
  for (double& p : probabilities) {
    p = std::log(p);
  }
  return probabilities;
}

TEST(Truncation, the_smallest_set_that_reaches_the_mass) {
  const Row row(logs({0.1, 0.5, 0.1, 0.3}));
  const auto top_p = [&](double p) { return row.left(1, all, p, 0); };
  EXPECT_EQ(top_p(0.8), 2) << "the sum equals p: not one more";
  EXPECT_EQ(top_p(0.5), 1);
  EXPECT_EQ(top_p(0.9), 3);
  EXPECT_EQ(top_p(0.7999999999), 2);
  EXPECT_EQ(top_p(0.8000000001), 3);
  EXPECT_EQ(top_p(1e-300), 1);
  EXPECT_EQ(top_p(0), 1) << "never nothing";
  EXPECT_EQ(top_p(1), 4);
  EXPECT_EQ(top_p(1 - 0x1p-53), 4);
  EXPECT_EQ(Row({0, -30, -60}).left(1, all, 1 - 0x1p-53, 0), 2) << "e^-30 is more than is missing";
  EXPECT_EQ(Row({0, -30, -60}).left(1, all, 1 - 1e-13, 0), 1);
}

TEST(Truncation, each_step_renormalises_what_the_last_one_left) {
  const Row row(logs({0.4, 0.3, 0.2, 0.1}));
  EXPECT_EQ(row.left(1, 2, 0.57, 0), 1) << "0.4 of 0.7";
  EXPECT_EQ(row.left(1, 2, 0.58, 0), 2);
  EXPECT_EQ(row.left(1, 3, 0.5, 0), 2) << "0.4 of 0.9 is below a half";
  EXPECT_EQ(row.left(1, all, 0.7, 0.8), 1);
  EXPECT_EQ(row.left(1, 3, 1, 0.25), 3) << "min-p keeps all four, top-k three";
  EXPECT_EQ(row.left(1, all, 1, 0.25), 4) << "the level itself survives";
  EXPECT_EQ(row.left(1, all, 1, 0.2500001), 3);
  EXPECT_EQ(row.left(1, all, 1, 1), 1);
}

TEST(Truncation, limits_and_edges) {
  const Row row({1, 7, 7, -HUGE_VAL, 7, 6, 7});
  for (const double cold : {0.0, 1e-320}) {
    EXPECT_EQ(row.left(cold, all, 0.5, 0), 2) << "of four tied tops";
    EXPECT_EQ(row.left(cold, 3, 0.5, 0), 2);
    EXPECT_EQ(row.left(cold, 2, 0.5, 0), 1);
    EXPECT_EQ(row.left(cold, all, 1, 0.01), 4);
    EXPECT_EQ(row.left(cold, 3, 1, 0.01), 3);
  }
  EXPECT_EQ(row.left(HUGE_VAL, all, 0.5, 0), 3) << "of six unmasked";
  EXPECT_EQ(row.left(HUGE_VAL, 5, 0.8, 0), 4);
  EXPECT_EQ(row.left(HUGE_VAL, all, 1, 1), 6);
  EXPECT_EQ(row.left(0.5, 100, 1, 0), 6) << "the masked one never counts";
  for (const double temperature : {0.0, 0.3, 1e300, HUGE_VAL}) {
    EXPECT_EQ(Row({-4}).left(temperature, 1, 0.1, 1), 1);
  }
}

/// The definitions in 113 bits, with the slack that is stated.
std::int64_t defined(const std::vector<double>& depths, double temperature, std::int64_t k, double p,
                     double m) {
  std::vector<__float128> weight;
  for (const double depth : depths) {
    weight.push_back(expq(-static_cast<__float128>(depth) * (1 / temperature)));
  }
  const auto first = std::min(k, std::ssize(depths));
  __float128 total = 0;
  for (std::int64_t i = 0; i < first; ++i) {
    total += weight[static_cast<std::size_t>(i)];
  }
  const auto level = [](double x) { return x - static_cast<__float128>(0x1p-44) * std::min(x, 1 - x); };
  std::int64_t left = 0;
  for (__float128 sum = 0; left < first && (p >= 1 || sum < level(p) * total); ++left) {
    sum += weight[static_cast<std::size_t>(left)];
  }
  return std::min<std::int64_t>(
      left, std::count_if(weight.begin(), weight.end(), [&](__float128 w) { return w >= level(m); }));
}

TEST(Truncation, is_the_definition_on_random_laws) {
  std::mt19937_64 random(5);
  std::normal_distribution<double> normal;
  for (const std::size_t size : {1U, 2U, 129U, 1000U, 5000U}) {
    std::vector<double> logits(size);
    for (double& logit : logits) {
      logit = static_cast<double>(static_cast<float>(3 * normal(random)));
    }
    const Row row(logits);
    for (const double temperature : {0.05, 0.7, 1.0, 4.0, 1000.0}) {
      for (const std::int64_t k :
           {std::int64_t{1}, std::int64_t{3}, std::int64_t{128}, std::int64_t{900}, all}) {
        for (const double p : {1e-4, 0.3, 0.9, 0.99, 0.999999, 1.0}) {
          for (const double m : {0.0, 1e-6, 0.05, 0.9}) {
            ASSERT_EQ(row.left(temperature, k, p, m), defined(row.depths, temperature, k, p, m))
                << size << " T " << temperature << " k " << k << " p " << p << " m " << m;
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace tempsweep
