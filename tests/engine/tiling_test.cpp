// SPDX-License-Identifier: Apache-2.0
#include "engine/tiling.hpp"

#include <gtest/gtest.h>

#include "tempsweep/core/errors.hpp"

#include "engine/prepare.hpp"
#include "engine/sweep_support.hpp"

namespace tempsweep::testing {
namespace {

Tiling tile(const SweepPlan& plan, const Source& source) {
  return plan_tiles(plan, source, wanted_of(plan, columns_read(plan, source), choose_backend("cpu")),
                    choose_backend("cpu"));
}

SweepPlan shape_plan(const Source& source, std::int64_t temperatures) {
  std::vector<double> grid;
  for (std::int64_t t = 1; t <= temperatures; ++t) {
    grid.push_back(1e-3 * static_cast<double>(t));
  }
  return plan_for(source, grid);
}

TEST(Tiling, KeepsToTheMemoryThatIsAllowed) {
  const ShapeSource source(100000, 32000);
  for (const auto format : {ProbabilityFormat::none, ProbabilityFormat::f32, ProbabilityFormat::log16}) {
    for (const std::uint64_t samples : {0U, 1000U}) {
      for (std::uint64_t memory = std::uint64_t{64} << 20; memory <= plenty; memory *= 2) {
        SweepPlan plan = shape_plan(source, 500);
        plan.probabilities = format;
        plan.samples = samples;
        plan.memory = memory;
        plan.threads = 2;
        if (samples > 0) {
          plan.ordering.nucleus_masses = {0.9};
        }
        const Tiling tiling = tile(plan, source);
        EXPECT_LE(tiling.memory, memory);
        EXPECT_GE(tiling.rows, 1);
        EXPECT_GE(tiling.temperatures, 1);
        // What the engine holds for sure: logits, their depths, results.
        const auto rows = static_cast<std::uint64_t>(tiling.rows);
        const std::uint64_t certain =
            rows * 32000 * (samples > 0 ? 24 : 16) +
            rows * static_cast<std::uint64_t>(tiling.temperatures) *
                bytes_per_point(plan, 32000, wanted_of(plan, 32000, choose_backend("cpu")));
        EXPECT_LE(certain, tiling.memory);
      }
    }
  }
}

TEST(Tiling, MoreMemoryNeverMeansASmallerTile) {
  const ShapeSource source(5000, 50000);
  SweepPlan plan = shape_plan(source, 300);
  plan.probabilities = ProbabilityFormat::f32;
  std::int64_t before = 0;
  for (std::uint64_t memory = std::uint64_t{64} << 20; memory <= 8 * plenty; memory *= 2) {
    plan.memory = memory;
    const Tiling tiling = tile(plan, source);
    EXPECT_GE(tiling.rows * tiling.temperatures, before);
    before = tiling.rows * tiling.temperatures;
  }
}

TEST(Tiling, SaysWhatTheSmallestTileNeeds) {
  const ShapeSource source(10, 1000000);
  SweepPlan plan = shape_plan(source, 10);
  plan.probabilities = ProbabilityFormat::f32;
  plan.memory = std::uint64_t{50} << 20;
  plan.threads = 3;
  try {
    (void)tile(plan, source);
    FAIL() << "no MemoryError";
  } catch (const MemoryError& error) {
    const std::string text = error.what();
    for (const char* part :
         {"--memory", "one row of 1000000 tokens", "3 threads", "raise", "lower --threads or --vocab"}) {
      EXPECT_NE(text.find(part), std::string::npos) << text;
    }
    EXPECT_EQ(text.find('\n'), std::string::npos);
    EXPECT_EQ(error.status(), ExitStatus::memory);
  }
}

/// The amount that the message names is enough.
TEST(Tiling, TheSmallestTileFitsJustWhatItNeeds) {
  const ShapeSource source(10, 100000);
  SweepPlan plan = shape_plan(source, 1);
  plan.rows = 1;
  plan.memory = plenty;
  const std::uint64_t need = tile(plan, source).memory;
  plan.memory = need;
  EXPECT_EQ(tile(plan, source).memory, need);
  plan.memory = need - 1;
  EXPECT_THROW((void)tile(plan, source), MemoryError);
}

TEST(Tiling, OfAGridThatNobodyCouldHold) {
  const ShapeSource source(1000000, 131072);
  for (const bool dense : {false, true}) {
    SweepPlan plan = shape_plan(source, 1000000);
    plan.probabilities = dense ? ProbabilityFormat::f32 : ProbabilityFormat::none;
    plan.samples = dense ? 1000000 : 0;
    plan.store_counts = dense;
    plan.memory = std::uint64_t{8} << 30;
    const PreparedSweep prepared = prepare_sweep(plan, source, choose_backend("cpu"));
    EXPECT_EQ(grid_points(prepared.plan), 1000000000000);
    EXPECT_LE(prepared.tiling.memory, plan.memory);
    EXPECT_GE(prepared.tiling.rows, 1);
    const std::int64_t exponentials = dense ? 131072 : 256;  // that a point is worth; metrics do not take V
    EXPECT_LE(prepared.tiling.rows * prepared.tiling.temperatures, (std::int64_t{1} << 31) / exponentials);
    if (dense) {
      // 12 bytes a (row, temperature, token): 1.6e18, past 2^60.
      EXPECT_GT(prepared.result_bytes, std::uint64_t{1} << 60);
    }
  }
}

TEST(Tiling, OfOneTokenIsNotOneHugeTile) {
  const ShapeSource source(std::int64_t{1} << 40, 1);
  SweepPlan plan = shape_plan(source, 3);
  const Tiling tiling = tile(plan, source);
  EXPECT_LE(tiling.memory, plan.memory);
  EXPECT_GT(tiling.rows, 1000);
}

TEST(Tiling, ByRankReadsWholeRows) {
  const ShapeSource source(10, 5000);
  SweepPlan plan = shape_plan(source, 3);
  plan.vocabulary_sizes = {100};
  EXPECT_EQ(tile(plan, source).columns, 100);
  plan.vocabulary_by = VocabularyBy::rank;
  EXPECT_EQ(tile(plan, source).columns, 5000);
}

}  // namespace
}  // namespace tempsweep::testing
