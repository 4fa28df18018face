// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "support/backend_run.hpp"

/// A vocabulary that a smaller one has grown into gives what it gives by itself, to the last bit.
namespace tempsweep::testing {
namespace {

constexpr std::int64_t rows = 6;
constexpr std::size_t width = 700;
const std::vector<double> temperatures = {0.0, 0.01, 0.3, 1.0, 2.0, 50.0, HUGE_VAL};

Wanted want_everything(VocabularyBy by) {
  Wanted wanted = want_metrics();
  wanted.renyi_orders = {0.5, 2};
  wanted.ordering = some_ordering();
  wanted.probabilities = ProbabilityFormat::f32;
  wanted.samples = 1000;
  wanted.seed = 5;
  wanted.vocabulary_by = by;
  wanted.nested = true;
  return wanted;
}

/// Tops that come early, late, twice and in steps; rows that are no law from somewhere on.
std::vector<double> block_of_rows() {
  auto logits = normal_logits(rows * width, 3, 130);
  const auto at = [&](std::size_t row, std::size_t token) -> double& { return logits[row * width + token]; };
  at(0, 2) = 30;  // top and second never change
  at(0, 3) = 29;
  at(1, 650) = 40;  // the top is among the last
  for (std::size_t i = 0; i < width; i += 90) {
    at(2, i) = 20;  // ties with the top keep coming
  }
  for (std::size_t i = 0; i < 60; ++i) {
    at(3, i) = -HUGE_VAL;  // nothing unmasked at first
  }
  at(4, 300) = std::nan("");
  at(5, 10) = 25;
  at(5, 400) = 24.5;  // a new second, the same top
  return logits;
}

TEST(NestedSizes, GiveTheBitsOfEachSizeAlone) {
  const auto logits = block_of_rows();
  const std::vector<std::int64_t> sizes = {1, 50, 64, 301, 699, 700};
  for (const auto by : {VocabularyBy::prefix, VocabularyBy::rank}) {
    RunSetup setup{rows, 40, 0, {3, 5, 3, 399, 1, 20}, 2};
    for (const std::int64_t size : sizes) {
      setup.vocabulary = size;
      RunSetup alone = setup;
      alone.smaller.clear();
      const BackendRun expected = run_backend(want_everything(by), logits, temperatures, alone);
      const BackendRun grown = run_backend(want_everything(by), logits, temperatures, setup);
      EXPECT_TRUE(same_bits(grown, expected)) << size;
      EXPECT_EQ(grown.vocabulary, expected.vocabulary) << size;
      for (std::size_t row = 0; row < static_cast<std::size_t>(rows); ++row) {
        EXPECT_EQ(grown.scans[row].status, expected.scans[row].status) << size << " row " << row;
        EXPECT_EQ(grown.scans[row].bad_column, expected.scans[row].bad_column) << size << " row " << row;
        EXPECT_EQ(grown.scans[row].top_token, expected.scans[row].top_token) << size << " row " << row;
        EXPECT_EQ(grown.bounds[row].entropy, expected.bounds[row].entropy) << size << " row " << row;
      }
      setup.smaller.push_back(size);
    }
  }
}

}  // namespace
}  // namespace tempsweep::testing
