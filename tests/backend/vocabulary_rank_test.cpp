// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "backend/cpu/prepared_row.hpp"
#include "support/backend_run.hpp"

namespace tempsweep::testing {
namespace {

const std::vector<double> temperatures = {0.0, 0.2, 1.0, 3.0, HUGE_VAL};

Wanted want_everything(VocabularyBy by) {
  Wanted wanted = want_metrics();
  wanted.renyi_orders = {0, 0.5, 2};
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

TEST(VocabularyByRank, TiesAtTheLastRankGoToTheLowerIndex) {
  const std::vector<double> logits = {1, 5, 2, 2, 2, 9, 2};
  cpu::PreparedRow row;
  cpu::prepare_row(logits, 4, VocabularyBy::rank, -1, row);
  EXPECT_EQ(row.tokens, (std::vector<std::uint32_t>{1, 2, 3, 5}));
  cpu::prepare_row(logits, 2, VocabularyBy::rank, -1, row);
  EXPECT_EQ(row.tokens, (std::vector<std::uint32_t>{1, 5}));
  EXPECT_EQ(row.scan.top_token, 5);
}

TEST(VocabularyByRank, TakesMaskedTokensLast) {
  const std::vector<double> logits = {-HUGE_VAL, 1, -HUGE_VAL, 0};
  cpu::PreparedRow row;
  cpu::prepare_row(logits, 3, VocabularyBy::rank, -1, row);
  EXPECT_EQ(row.tokens, (std::vector<std::uint32_t>{0, 1, 3}));
  EXPECT_EQ(row.scan.unmasked, 2);
}

TEST(VocabularyByRank, ABadRowKeepsItsColumn) {
  const std::vector<double> logits = {0, 1, 2, std::nan(""), 4};
  cpu::PreparedRow row;
  cpu::prepare_row(logits, 2, VocabularyBy::rank, -1, row);
  EXPECT_EQ(row.scan.status, RowStatus::not_a_number);
  EXPECT_EQ(row.scan.bad_column, 3);
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

TEST(RowScan, AgreesWithASort) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    auto logits = tied_logits(1 + seed % 7, seed);
    if (seed % 3 == 0) {
      logits[0] = -HUGE_VAL;
    }
    const RowScan scan = cpu::scan_row(logits);
    auto sorted = logits;
    std::sort(sorted.rbegin(), sorted.rend());
    if (std::isinf(sorted[0])) {
      EXPECT_EQ(scan.status, RowStatus::all_masked);
      continue;
    }
    EXPECT_EQ(scan.maximum, sorted[0]);
    EXPECT_EQ(scan.ties, std::count(sorted.begin(), sorted.end(), sorted[0]));
    EXPECT_EQ(scan.top_token, std::find(logits.begin(), logits.end(), sorted[0]) - logits.begin());
    const auto second = std::upper_bound(sorted.begin(), sorted.end(), sorted[0], std::greater<>());
    const bool has_second = second != sorted.end() && !std::isinf(*second);
    EXPECT_EQ(scan.second, has_second ? *second : sorted[0]);
  }
}

}  // namespace
}  // namespace tempsweep::testing
