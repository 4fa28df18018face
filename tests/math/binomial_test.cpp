// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/math/binomial.hpp"

#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "goodness.hpp"

namespace tempsweep {
namespace {

constexpr std::uint64_t most = binomial_most_trials;

std::uint64_t draw(std::uint64_t seed, std::uint32_t node, std::uint64_t n, double p, double q) {
  NodeWords words(point_stream(seed, 1.0, 7, Purpose::multinomial_node, 0), node);
  return binomial_draw(words, n, p, q);
}

/// Exact masses of 0 … n.
std::vector<double> law(std::uint64_t n, double p) {
  std::vector<double> masses;
  const auto trials = static_cast<long double>(n);
  for (std::uint64_t k = 0; k <= n; ++k) {
    const auto hits = static_cast<long double>(k);
    const long double log_mass = std::lgamma(trials + 1) - std::lgamma(hits + 1) -
                                 std::lgamma(trials - hits + 1) +
                                 hits * std::log(static_cast<long double>(p)) +
                                 (trials - hits) * std::log1p(-static_cast<long double>(p));
    masses.push_back(static_cast<double>(std::exp(log_mass)));
  }
  return masses;
}

double p_value(std::uint64_t seed, std::uint64_t n, double p, std::uint32_t draws) {
  std::vector<std::uint64_t> counts(n + 1, 0);
  for (std::uint32_t i = 0; i < draws; ++i) {
    ++counts[draw(seed, i, n, p, 1 - p)];
  }
  return test::chi_square_p(counts, law(n, p), draws);
}

TEST(Binomial, certain_outcomes) {
  for (const std::uint64_t n : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1000}, most}) {
    for (std::uint32_t node = 0; node < 50; ++node) {
      EXPECT_EQ(draw(1, node, n, 0, 1), 0U);
      EXPECT_EQ(draw(1, node, n, 1, 0), n);
      EXPECT_EQ(draw(1, node, n, 1e-300, 1), 0U);
      EXPECT_EQ(draw(1, node, n, 1, 1e-300), n);
      EXPECT_EQ(draw(1, node, n, 5e-324, 1), 0U);
    }
  }
}

TEST(Binomial, follows_the_exact_law) {
  struct Case {
    std::uint64_t n;
    double p;
  };
  const std::vector<Case> cases{
      {1, 0.5},     {1, 0.01},    {1, 0.999},    {2, 0.3},      {3, 0.5},       {7, 0.9},    {19, 0.5},
      {20, 0.5},    {21, 0.49},   {25, 0.4},     {26, 0.6},     {50, 0.2},      {60, 0.17},  {100, 0.05},
      {100, 0.099}, {100, 0.11},  {100, 0.905},  {1000, 0.001}, {1000, 0.011},  {1000, 0.3}, {1000, 0.97},
      {40000, 0.5}, {5000, 1e-9}, {40000, 3e-4}, {40000, 0.02}, {40000, 0.9999}};
  for (const Case& at : cases) {
    EXPECT_GT(p_value(3, at.n, at.p, 200000), 2e-4) << at.n << ' ' << at.p;
  }
}

TEST(Binomial, p_values_are_uniform_over_seeds) {
  for (const auto& [n, p] :
       std::vector<std::pair<std::uint64_t, double>>{{30, 0.2}, {80, 0.4}, {700, 0.97}}) {
    std::vector<double> values;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
      values.push_back(p_value(seed, n, p, 4000));
    }
    EXPECT_GT(test::uniformity_p(values), 1e-3) << n << ' ' << p;
  }
}

/// P(X < x) of a very large binomial, between two whole numbers linear: normal with the term of its skewness,
/// error about 1/variance.
double large_law(double n, double p, double q, double x) {
  const double deviation = std::sqrt(n * p * q);
  const double z = (x - 0.5 - n * p) / deviation;
  const double density = std::exp(-z * z / 2) / std::sqrt(2 * M_PI);
  return 0.5 * std::erfc(-z / std::sqrt(2.0)) - density * (z * z - 1) * (q - p) / (6 * deviation);
}

TEST(Binomial, large_counts_follow_their_law) {
  for (const double n : {1e7, 1e12, 0x1p53}) {
    for (const double p : {0.5, 0.123, 1e-3, 0.7}) {
      constexpr std::uint32_t draws = 100000;
      constexpr std::size_t cells = 100;
      std::vector<std::uint64_t> counts(cells, 0);
      std::mt19937_64 random(1);
      std::uniform_real_distribution<double> unit(0, 1);
      double mean = 0;
      double square = 0;
      for (std::uint32_t i = 0; i < draws; ++i) {
        const auto x = static_cast<double>(draw(5, i, static_cast<std::uint64_t>(n), p, 1 - p));
        const double z = (x - n * p) / std::sqrt(n * p * (1 - p));
        mean += z / draws;
        square += z * z / draws;
        ++counts[std::min(cells - 1,
                          static_cast<std::size_t>(large_law(n, p, 1 - p, x + unit(random)) * cells))];
      }
      EXPECT_LT(std::abs(mean), 4 / std::sqrt(draws)) << n << ' ' << p;
      EXPECT_LT(std::abs(square - 1), 4 * std::sqrt(2.0 / draws)) << n << ' ' << p;
      EXPECT_GT(test::chi_square_p(counts, std::vector<double>(cells, 1.0 / cells), draws), 2e-4)
          << n << ' ' << p;
    }
  }
}

// Huge numbers of trials with few successes: a Poisson law but for 1e-12.
TEST(Binomial, rare_successes_of_very_many_trials) {
  for (const double mean : {0.01, 1.0, 9.9, 10.1, 40.0}) {
    std::vector<double> poisson;
    for (int k = 0; k < 200; ++k) {
      poisson.push_back(std::exp(k * std::log(mean) - mean - std::lgamma(k + 1.0)));
    }
    std::vector<std::uint64_t> counts(poisson.size(), 0);
    for (std::uint32_t i = 0; i < 100000; ++i) {
      ++counts.at(draw(6, i, most, mean * 0x1p-53, 1));
    }
    EXPECT_GT(test::chi_square_p(counts, poisson, 100000), 2e-4) << mean;
  }
}

TEST(Binomial, symmetry_is_exact) {
  for (std::uint32_t node = 0; node < 1000; ++node) {
    EXPECT_EQ(draw(7, node, 500, 0.3, 0.7), 500 - draw(7, node, 500, 0.7, 0.3));
    EXPECT_EQ(draw(7, node, most, 0.25, 0.75), most - draw(7, node, most, 0.75, 0.25));
  }
}

/// Plays given words, then those of a stream.
struct PlayedWords {
  WordPair first{};
  NodeWords rest;
  bool played = false;
  WordPair next() {
    if (!played) {
      played = true;
      return first;
    }
    return rest.next();
  }
};

TEST(Binomial, extreme_words_give_counts_within_range) {
  const std::vector<std::uint64_t> words{0,
                                         1,
                                         std::uint64_t{0x7fffffffU} << 32U,
                                         std::uint64_t{0xffffff7fU} << 32U,
                                         std::uint64_t{0xffffff80U} << 32U,
                                         ~std::uint64_t{0}};
  for (const std::uint64_t n : {std::uint64_t{1}, std::uint64_t{19}, std::uint64_t{1000}, most}) {
    for (const double p : {1e-18, 0.01, 0.5, 0.999}) {
      for (const std::uint64_t a : words) {
        for (const std::uint64_t b : words) {
          PlayedWords played{{a, b}, {point_stream(1, 1, 1, Purpose::multinomial_node, 0), 1}};
          EXPECT_LE(binomial_draw(played, n, p, 1 - p), n);
        }
      }
    }
  }
}

// Counts are a promise across versions and devices.
TEST(Binomial, golden_counts) {
  std::vector<std::uint64_t> counts;
  for (const auto& [n, p] : std::vector<std::pair<std::uint64_t, double>>{{1, 0.5},
                                                                          {19, 0.5},
                                                                          {1000, 0.009},
                                                                          {1000, 0.3},
                                                                          {1000, 0.8},
                                                                          {1000000000000, 0.37},
                                                                          {most, 0.5}}) {
    counts.push_back(draw(42, 3, n, p, 1 - p));
  }
  EXPECT_EQ(counts, (std::vector<std::uint64_t>{1, 12, 13, 323, 780, 370000781476, 4503599704179057}));
  std::uint64_t hash = 0;
  for (std::uint32_t i = 0; i < 300000; ++i) {
    const double p = (i % 1009 + 0.5) / 1009;
    hash = hash * 0x9E3779B97F4A7C15U + draw(43, i, std::uint64_t{1} << (i % 54), p, 1 - p);
  }
  EXPECT_EQ(hash, 8293295199370812028U);
}

}  // namespace
}  // namespace tempsweep
