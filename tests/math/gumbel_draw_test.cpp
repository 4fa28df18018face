// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/math/gumbel_draw.hpp"

#include <set>

#include <gtest/gtest.h>
#include <quadmath.h>

#include "alias_laws.hpp"

namespace tempsweep {
namespace {

Race built(const std::vector<double>& weights) {
  Race race;
  build_race(weights, race);
  return race;
}

const std::vector<std::uint64_t> awkward_words = [] {
  std::vector<std::uint64_t> words;
  for (const std::uint64_t high : {0U, 1U, 0x7fffffffU, 0x80000000U, 0xffffff7fU, 0xffffff80U, 0xffffffffU}) {
    for (const std::uint64_t low : {0U, 1U, 0x7fffffffU, 0xffffff80U, 0xffffffffU}) {
      words.push_back(high << 32U | low);
    }
  }
  return words;
}();

TEST(GumbelDraw, exponentials_keep_all_bits_of_early_and_late_words) {
  for (const std::uint64_t word : awkward_words) {
    const __float128 v = (static_cast<__float128>(word) + 0.5) * static_cast<__float128>(0x1p-64);
    const __float128 exact =
        word >> 63U == 0 ? -log1pq(-v)
                         : -logq((static_cast<__float128>(~word) + 0.5) * static_cast<__float128>(0x1p-64));
    const double given = exponential_of(word);
    EXPECT_LT(fabsq(given - exact), exact * 4e-16) << std::hex << word;
    EXPECT_TRUE(given > 0 && given < 46);
  }
  EXPECT_EQ(exponential_of(0), 0x1p-65);
  EXPECT_EQ(exponential_of(1), 3 * 0x1p-65) << "neighbours at the early end are told apart";
}

TEST(GumbelDraw, no_word_lets_the_impossible_win) {
  for (const std::uint64_t lucky : awkward_words) {
    for (const std::uint64_t unlucky : awkward_words) {
      RaceLeader leader = RaceLeader::none();
      leader.enter(0, 1.0 / 0.0, lucky);
      leader.enter(1, 1.0, unlucky);
      leader.enter(2, 1.0 / 0.0, lucky);
      EXPECT_EQ(leader.token, 1U);
      leader.enter(3, 1e300, lucky);
      EXPECT_EQ(leader.token, 1U) << "65 bits do not reach e^690";
    }
  }
}

/// Without the favourite and without the shortcut: a logarithm a token.
std::uint32_t plain_race(const PointStream& stream, std::uint64_t draw, const std::vector<double>& weights) {
  std::uint32_t winner = 0;
  double best = HUGE_VAL;
  for (std::uint32_t i = 0; i < weights.size(); ++i) {
    const std::uint64_t word = stream.word(2 * race_block(draw, weights.size()) + i);
    const double time = weights[i] > 0 ? exponential_of(word) * (1 / weights[i]) : HUGE_VAL;
    if (time < best) {
      best = time;
      winner = i;
    }
  }
  return winner;
}

TEST(GumbelDraw, the_shortcut_changes_nothing) {
  const PointStream stream = point_stream(8, 1.0, 7, Purpose::gumbel, 2);
  for (const test::WeightLaw& law : test::awkward_laws()) {
    const double top = *std::max_element(law.weights.begin(), law.weights.end());
    std::vector<double> weights = law.weights;
    for (double& w : weights) {
      w /= top;
    }
    const Race race = built(weights);
    const std::uint64_t draws = 200000 / weights.size() + 3;
    std::vector<std::uint64_t> plain(weights.size());
    std::vector<std::uint64_t> counted(weights.size());
    for (std::uint64_t draw = 0; draw < draws; ++draw) {
      ++plain[plain_race(stream, draw, weights)];
    }
    draw_counts(stream, 2, draws - 2, race, counted.data());
    draw_counts(stream, 0, 2, race, counted.data());
    EXPECT_EQ(counted, plain) << law.name;
  }
}

TEST(GumbelDraw, draws_share_no_word) {
  for (const std::uint64_t tokens : {1U, 2U, 5U, 64U}) {
    std::set<std::uint64_t> blocks;
    for (std::uint64_t draw = 0; draw < 50; ++draw) {
      for (std::uint64_t pair = 0; pair < (tokens + 1) / 2; ++pair) {
        EXPECT_TRUE(blocks.insert(race_block(draw, tokens) + pair).second);
      }
    }
  }
  EXPECT_TRUE(race_fits(1000000, 128256));
  EXPECT_TRUE(race_fits(std::uint64_t{1} << 53U, 2));
  EXPECT_FALSE(race_fits((std::uint64_t{1} << 53U) - 1, 3));
  EXPECT_FALSE(race_fits(std::uint64_t{1} << 40U, 128256));
}

/// 40 nat below a favourite that arrives at 1: as many words are early enough as the law wants, 78 of 2^64.
TEST(GumbelDraw, resolution_reaches_far_below_that_of_floats) {
  const auto wins = [](double depth, std::uint64_t word) {
    RaceLeader leader{1.0, 0, 1.0};
    leader.enter(1, 1 / std::exp(-depth), word);
    return leader.token == 1;
  };
  for (const double depth : {20.5, 30.0, 40.0, 43.0}) {
    const auto words = static_cast<std::uint64_t>(std::round(0x1p64 * -std::expm1(-std::exp(-depth))));
    const std::uint64_t near = 1 + words / 10000000;
    EXPECT_TRUE(wins(depth, words - near)) << depth;
    EXPECT_FALSE(wins(depth, words + near)) << depth;
  }
}

/// Deep tokens by the hundred: their count, within 4 sigma.
TEST(GumbelDraw, far_tail_gets_its_share) {
  std::vector<double> weights(1025, std::exp(-14.5));
  weights[1000] = 1;
  const Race race = built(weights);
  constexpr std::uint64_t n = 200000;
  std::vector<std::uint64_t> counts(weights.size());
  draw_counts(point_stream(6, 1.0, 1025, Purpose::gumbel, 0), 0, n, race, counts.data());
  const double p = 1024 * weights[0] / (1 + 1024 * weights[0]);
  const double mean = p * static_cast<double>(n);
  EXPECT_NEAR(static_cast<double>(n - counts[1000]), mean, 4 * std::sqrt(mean * (1 - p)));
}

TEST(GumbelDraw, golden_tokens) {
  const Race race = built(test::zipf_weights(1000, 1));
  const PointStream stream = point_stream(42, 0.7, 1000, Purpose::gumbel, 3);
  std::vector<std::uint32_t> tokens;
  for (std::uint64_t i = 0; i < 8; ++i) {
    tokens.push_back(draw_token(stream, i, race));
  }
  EXPECT_EQ(tokens, (std::vector<std::uint32_t>{160, 8, 28, 3, 426, 2, 80, 16}));
}

}  // namespace
}  // namespace tempsweep
