// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tempsweep/math/chebyshev_table.hpp"

#include "backend/cpu/prepared_row.hpp"
#include "support/backend_run.hpp"
#include "support/quad_law.hpp"

/// Sums from moments, and their interpolation in β, against 113 bits: no error above what is stated.
namespace tempsweep::testing {
namespace {

/// A row of which everything but the top is the rest.
struct Rest {
  std::string name;
  std::vector<double> logits;
  std::vector<double> depths;  ///< the smallest 0; padded for vectors
  std::int64_t count = 0;
  [[nodiscard]] double deepest() const { return *std::max_element(depths.begin(), depths.begin() + count); }
  [[nodiscard]] RowScan scan() const { return cpu::scan_row(logits); }
  [[nodiscard]] cpu::InsertedRow row() const { return {logits.data(), std::ssize(logits), 1, 0}; }
};

Rest make(const char* name, std::vector<double> values, double scale = 1) {
  const double top = *std::max_element(values.begin(), values.end());
  Rest rest{name, {}, {}, std::ssize(values)};
  for (const double value : values) {
    rest.depths.push_back(scale * (top - value));
    rest.logits.push_back(-rest.depths.back());
  }
  rest.logits.push_back(1);
  rest.depths.resize(rest.depths.size() + 16);
  return rest;
}

std::vector<Rest> rests() {
  std::vector<Rest> all = {make("normal", normal_logits(3000, 3, 1)),
                           make("narrow", normal_logits(3000, 1, 2), 1e-3),
                           make("wide", normal_logits(3000, 1, 3), 3e3),
                           make("one", {4}),
                           make("equal", std::vector<double>(700, 2.5)),
                           make("two", {1, 0.25}),
                           make("near the anchor", {1, 1 - 1e-13, 1 - 1e-9, -40})};
  auto rounded = normal_logits(2000, 2, 4);
  for (double& logit : rounded) {
    logit = std::nearbyint(8 * logit) / 8;
  }
  all.push_back(make("rounded", rounded));
  all.push_back(make("long", normal_logits(100000, 2.5, 8)));
  auto repeated = normal_logits(9000, 2, 9);
  for (double& logit : repeated) {
    logit = -std::nearbyint(64 * std::abs(logit)) / 64;
  }
  all.push_back(make("16-bit floats", repeated));
  auto clusters = normal_logits(1000, 1e-3, 5);
  for (std::size_t i = 0; i < clusters.size(); i += 2) {
    clusters[i] -= 20;
  }
  all.push_back(make("two clusters", clusters));
  return all;
}

struct QuadSums {
  Quad weight = 0, mean = 0, variance = 0;
};

QuadSums brute_force(const Rest& rest, double beta) {
  QuadSums sums;
  const auto count = static_cast<std::size_t>(rest.count);
  for (std::size_t i = 0; i < count; ++i) {
    const Quad w = expq(-Quad(beta) * rest.depths[i]);
    sums.weight += w;
    sums.mean += w * rest.depths[i];
  }
  sums.mean /= sums.weight;
  for (std::size_t i = 0; i < count; ++i) {
    const Quad offset = Quad(rest.depths[i]) - sums.mean;
    sums.variance += expq(-Quad(beta) * rest.depths[i]) * offset * offset;
  }
  sums.variance /= sums.weight;
  return sums;
}

/// Worst share of the stated errors that was seen.
struct Shares {
  double weight = 0, mean = 0, variance = 0;

  void check(const RestSums& sums, const SumErrors& stated, const QuadSums& exact, double beta,
             const std::string& name) {
    const double w = static_cast<double>(fabsq(Quad(sums.weight) / exact.weight - 1));
    const double m = static_cast<double>(fabsq(Quad(sums.depth) - exact.mean)) * beta;
    EXPECT_LE(w, stated.log_weight + 1e-16) << name << " beta " << beta;
    EXPECT_LE(m, stated.mean + 1e-16) << name << " beta " << beta;
    weight = std::max(weight, w / std::max(stated.log_weight, 1e-16));
    mean = std::max(mean, m / std::max(stated.mean, 1e-16));
    const double v = static_cast<double>(fabsq(Quad(sums.variance) - exact.variance) * Quad(beta) * beta);
    EXPECT_LE(v, stated.variance + 1e-16 * beta * beta * sums.variance) << name << " beta " << beta;
    variance = std::max(variance, v / std::max(stated.variance, 1e-16));
  }
  void report(const char* what) const {
    std::printf("%s: worst share of the stated error: ln Z %.2f, mean %.2f, variance %.2f\n", what, weight,
                mean, variance);
  }
};

/// In the unit of weight 1.
RestSums unshifted(RestSums sums, double beta) {
  sums.weight = exp_minus_product(beta, sums.shift).times(sums.weight);
  return sums;
}

cpu::MomentLadder ladder_of(const Rest& rest, double steepest) {
  cpu::MomentLadder ladder;
  cpu::InsertScratch leaves;
  ladder.build(rest.scan(), rest.row(), steepest, leaves);
  return ladder;
}

TEST(MomentLadder, ErrsAtMostByWhatItStates) {
  Shares shares;
  for (const Rest& rest : rests()) {
    const auto ladder = ladder_of(rest, 1e6);
    std::vector<double> betas;
    for (int k = -20; k <= 20; ++k) {
      betas.push_back(std::exp2(0.97 * k));
    }
    std::vector<RestSums> sums(betas.size());
    std::vector<SumErrors> errors(betas.size());
    ladder.sums(betas, sums, errors);
    for (std::size_t t = 0; t < betas.size(); ++t) {
      EXPECT_EQ(ladder.serves(betas[t]), rest.deepest() > 0) << rest.name;
      if (ladder.serves(betas[t])) {
        shares.check(sums[t], errors[t], brute_force(rest, betas[t]), betas[t], rest.name);
      }
    }
  }
  shares.report("moments");
}

TEST(MomentLadder, EveryPointStandsAlone) {
  const Rest rest = make("normal", normal_logits(5000, 3, 6));
  const auto ladder = ladder_of(rest, 100);
  std::vector<double> betas;
  for (int k = 0; k < 60; ++k) {
    betas.push_back(0.01 * std::pow(1.15, k));
  }
  std::vector<RestSums> together(betas.size());
  std::vector<SumErrors> errors(betas.size());
  ladder.sums(betas, together, errors);
  for (std::size_t t = 0; t < betas.size(); ++t) {
    RestSums alone;
    SumErrors error;
    ladder.sums(std::span(&betas[t], 1), std::span(&alone, 1), std::span(&error, 1));
    EXPECT_EQ(alone.weight, together[t].weight);
    EXPECT_EQ(alone.depth, together[t].depth);
    EXPECT_EQ(alone.variance, together[t].variance);
  }
}

/// Tokens on the edges of leaves: none may be lost, at any depth of the ladder.
TEST(MomentLadder, CountsEveryTokenOnce) {
  for (const double steepest : {1e-3, 1.0, 300.0, 1e5}) {
    std::vector<double> values;
    for (int k = 0; k <= 4096; ++k) {
      values.push_back(-k / 128.0);
      values.push_back(std::nextafter(-k / 128.0, -100.0));
    }
    const Rest rest = make("grid", values);
    const auto ladder = ladder_of(rest, steepest);
    const double beta = 1e-18;
    RestSums sums;
    SumErrors error;
    ladder.sums(std::span(&beta, 1), std::span(&sums, 1), std::span(&error, 1));
    EXPECT_NEAR(sums.weight, static_cast<double>(rest.count), 1e-9) << steepest;
  }
}

TEST(MomentLadder, SaysWhatItDoesNotServe) {
  const Rest rest = make("normal", normal_logits(300, 3, 7));
  const auto ladder = ladder_of(rest, 10);
  EXPECT_TRUE(ladder.serves(10));
  EXPECT_FALSE(ladder.serves(1e9));
  const double beta = 1e9;
  RestSums sums{7, 7, 7, 7};
  SumErrors error;
  ladder.sums(std::span(&beta, 1), std::span(&sums, 1), std::span(&error, 1));
  EXPECT_EQ(sums.weight, 0);
  EXPECT_TRUE(std::isinf(error.log_weight));
}

/// Long rows have finer levels than they may be asked at.
TEST(MomentLadder, ServesNothingSteeperThanItWasBuiltFor) {
  const Rest rest = make("long", normal_logits(20000, 3, 11));
  const auto ladder = ladder_of(rest, 0.25);
  EXPECT_TRUE(ladder.serves(0.25));
  EXPECT_FALSE(ladder.serves(0.2501) || ladder.serves(1.0));
}

/// Parts of a long row by several threads, or one after the other.
TEST(MomentLadder, PartsGiveTheSameBitsInAnyOrder) {
  const Rest rest = make("long", normal_logits(300000, 3, 10));
  cpu::MomentLadder ladder;
  cpu::InsertScratch scratch;
  ladder.begin(rest.scan(), rest.row(), 10);
  ASSERT_GE(ladder.parts(), 3);
  for (std::int64_t part = ladder.parts(); part-- > 0;) {
    ladder.insert(part, rest.row(), scratch.bins);
  }
  ladder.finish();
  const auto whole = ladder_of(rest, 10);
  const std::vector<double> betas = {0.1, 1, 7};
  std::vector<RestSums> a(3), b(3);
  std::vector<SumErrors> e(3), f(3);
  ladder.sums(betas, a, e);
  whole.sums(betas, b, f);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(a[i].weight, b[i].weight);
    EXPECT_EQ(a[i].variance, b[i].variance);
    EXPECT_EQ(e[i].mean, f[i].mean);
  }
}

TEST(DistinctLogits, CountEveryTokenOfTheRest) {
  const std::vector<double> logits = {1.5, -HUGE_VAL, 0.25, 0.0, -0.0, 0.25, 1.5, -3, 0x1p-24, 0.25};
  cpu::DistinctLogits distinct;
  ASSERT_TRUE(distinct.collect({logits.data(), std::ssize(logits), 1.5, 0.25}));
  double depth_sum = 0;
  double tokens = 0;
  for (std::size_t i = 0; i < distinct.depths().size(); ++i) {
    depth_sum += distinct.depths()[i] * distinct.counts()[i];
    tokens += distinct.counts()[i];
  }
  EXPECT_EQ(tokens, 7);
  EXPECT_DOUBLE_EQ(depth_sum, 0 * 3 + 0.25 * 2 + 3.25 + (0.25 - 0x1p-24));
}

TEST(DistinctLogits, LeaveOtherNumbersAlone) {
  cpu::DistinctLogits distinct;
  for (const double odd : {0.1, 1 + 0x1p-11, 0x1p-25, 0x1p17}) {
    const std::vector<double> logits = {1, odd, 2};
    EXPECT_FALSE(distinct.collect({logits.data(), 3, 2, 1})) << odd;
  }
}

TEST(OctaveSeries, OctavesTile) {
  for (int number = -60; number < 60; ++number) {
    const double begin = octave_begin(number);
    EXPECT_EQ(octave_of(begin), number);
    EXPECT_EQ(octave_of(std::nextafter(begin, 0.0)), number - 1);
  }
}

TEST(OctaveSeries, NodesAreThoseOfChebyshev) {
  constexpr auto table = make_chebyshev_table();
  for (int j = 0; j < 4 * octave_nodes; ++j) {
    const Quad exact = cosq(acosq(Quad(-1)) * j / (2 * octave_nodes));
    EXPECT_LT(static_cast<double>(fabsq(Quad(table.cosine[j]) + table.low[j] - exact)), 1e-30) << j;
    EXPECT_NEAR(table.cosine[j], static_cast<double>(exact), 1.2e-16) << j;
  }
}

TEST(OctaveSeries, ErrsAtMostByWhatItStates) {
  Shares shares;
  MethodChoice choice;
  choice.steepest = 1e4;
  for (int number = -6; number <= 6; ++number) {
    choice.octaves.push_back(number);
  }
  for (const Rest& rest : rests()) {
    cpu::Expansion expansion;
    cpu::InsertScratch leaves;
    expansion.build(rest.scan(), rest.row(), choice, leaves);
    cpu::SumBlock block{};
    std::size_t count = 0;
    for (const int number : choice.octaves) {
      for (const double share : {0.0, 0.37, 0.5, 0.999999}) {
        block.beta[count++] = octave_begin(number) * (1 + share);
      }
    }
    expansion.interpolate(block, count);
    for (std::size_t t = 0; t < count; ++t) {
      if (block.origin[t] == cpu::Origin::interpolation) {
        const double beta = block.beta[t];
        shares.check(unshifted(block.sums(t), beta), block.errors(t), brute_force(rest, beta), beta,
                     rest.name);
      }
    }
  }
  shares.report("interpolation");
}

}  // namespace
}  // namespace tempsweep::testing
