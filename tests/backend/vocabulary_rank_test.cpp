// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "support/backend_run.hpp"

namespace tempsweep::testing {
namespace {

const std::vector<double> temperatures = {0.0, 0.2, 1.0, 3.0, HUGE_VAL};

Wanted want_everything(VocabularyBy by) {
  Wanted wanted = want_metrics();
  wanted.renyi_orders = {0, 0.5, 2};
  wanted.ordering = some_ordering();
  wanted.probabilities = ProbabilityFormat::f32;
  wanted.samples = 5000;
  wanted.seed = 7;
  wanted.vocabulary_by = by;
  return wanted;
}

std::vector<double> tied_logits(std::size_t count, unsigned seed) {
  auto logits = normal_logits(count, 3, seed);
  for (double& logit : logits) {
    logit = std::nearbyint(2 * logit) / 2;
  }
  return logits;
}

TEST(VocabularyByRank, OfEverythingIsThePrefixOfEverything) {
  auto logits = tied_logits(1100, 50);
  logits[20] = -HUGE_VAL;
  RunSetup setup;
  setup.labels = {31};
  EXPECT_TRUE(same_bits(run_backend(want_everything(VocabularyBy::rank), logits, temperatures, setup),
                        run_backend(want_everything(VocabularyBy::prefix), logits, temperatures, setup)));
}

/// A selection is the same law as the selected tokens alone, in their order.
TEST(VocabularyByRank, IsTheLawOfTheHighestTokens) {
  const auto logits = tied_logits(400, 51);
  std::vector<std::size_t> order(logits.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return logits[a] > logits[b]; });
  for (const std::size_t size : {1U, 2U, 13U, 200U, 399U}) {
    std::vector<std::size_t> chosen(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(size));
    std::sort(chosen.begin(), chosen.end());
    std::vector<double> alone;
    for (const std::size_t token : chosen) {
      alone.push_back(logits[token]);
    }
    RunSetup setup;
    setup.vocabulary = static_cast<std::int64_t>(size);
    const BackendRun ranked = run_backend(want_everything(VocabularyBy::rank), logits, temperatures, setup);
    const BackendRun reference = run_backend(want_everything(VocabularyBy::prefix), alone, temperatures);
    for (std::size_t m = 0; m < ranked.metrics.size(); ++m) {
      EXPECT_TRUE(same_bits(ranked.metrics[m], reference.metrics[m])) << metric_table[m].name << ' ' << size;
    }
    EXPECT_TRUE(same_ordering(ranked, reference)) << size;
    EXPECT_EQ(ranked.scans[0].top_token,
              static_cast<std::int64_t>(chosen[static_cast<std::size_t>(reference.scans[0].top_token)]));
    for (std::size_t t = 0; t < temperatures.size(); ++t) {
      std::size_t next = 0;
      for (std::size_t token = 0; token < logits.size(); ++token) {
        const std::size_t place = t * logits.size() + token;
        const bool in = next < size && chosen[next] == token;
        EXPECT_EQ(std::isnan(ranked.probability[place]), !in);
        EXPECT_EQ(ranked.count[place], in ? reference.count[t * size + next] : 0U);
        if (in) {
          EXPECT_EQ(ranked.probability[place], reference.probability[t * size + next]);
          ++next;
        }
      }
    }
  }
}

BackendRun by_rank(const std::vector<double>& logits, std::int64_t size) {
  Wanted wanted = want_metrics();
  wanted.vocabulary_by = VocabularyBy::rank;
  RunSetup setup;
  setup.vocabulary = size;
  return run_backend(wanted, logits, {1.0}, setup);
}

TEST(VocabularyByRank, TiesAtTheLastRankGoToTheLowerIndex) {
  const std::vector<double> logits = {1, 5, 2, 2, 2, 9, 2};
  EXPECT_EQ(by_rank(logits, 4).vocabulary[0], (std::vector<std::uint32_t>{1, 2, 3, 5}));
  EXPECT_EQ(by_rank(logits, 2).vocabulary[0], (std::vector<std::uint32_t>{1, 5}));
  EXPECT_EQ(by_rank(logits, 2).scans[0].top_token, 5);
}

TEST(VocabularyByRank, ZeroHasNoSign) {
  const std::vector<double> logits = {-0.0, 0.0, -1, -0.0, 0.0};
  EXPECT_EQ(by_rank(logits, 3).vocabulary[0], (std::vector<std::uint32_t>{0, 1, 3}));
}

TEST(VocabularyByRank, TakesMaskedTokensLast) {
  const std::vector<double> logits = {-HUGE_VAL, 1, -HUGE_VAL, 0};
  const BackendRun run = by_rank(logits, 3);
  EXPECT_EQ(run.vocabulary[0], (std::vector<std::uint32_t>{0, 1, 3}));
  EXPECT_EQ(run.scans[0].unmasked, 2);
}

TEST(VocabularyByRank, ABadRowKeepsItsColumn) {
  const BackendRun run = by_rank({0, 1, 2, std::nan(""), 4}, 2);
  EXPECT_EQ(run.scans[0].status, RowStatus::not_a_number);
  EXPECT_EQ(run.scans[0].bad_column, 3);
  EXPECT_TRUE(std::isnan(run.metric("entropy")[0]));
}

/// What lies beyond the prefix is not looked at.
TEST(VocabularyByPrefix, EndsAtItsSize) {
  auto logits = tied_logits(600, 52);
  RunSetup setup;
  setup.vocabulary = 513;
  const BackendRun clean = run_backend(want_everything(VocabularyBy::prefix), logits, temperatures, setup);
  logits[513] = 1e30;
  logits[599] = std::nan("");
  EXPECT_TRUE(
      same_bits(run_backend(want_everything(VocabularyBy::prefix), logits, temperatures, setup), clean));
  EXPECT_TRUE(std::isnan(clean.probability[513]));
  EXPECT_EQ(clean.count[513], 0U);
}

}  // namespace
}  // namespace tempsweep::testing
