// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <gtest/gtest.h>

#include "engine/sweep_support.hpp"
#include "support/backend_run.hpp"

/// Every array of a result, whatever the tiles, threads and memory.
namespace tempsweep::testing {
namespace {

constexpr std::int64_t rows = 7;
constexpr std::size_t width = 300;
const std::vector<double> temperatures = {0.0, 0.05, 0.2, 0.5, 0.9, 1.0, 1.7, 3.0, 10.0, 500.0, HUGE_VAL};

VectorSource make_source() {
  return {normal_logits(rows * width, 3, 70), rows};
}

SweepPlan full_plan(const Source& source, VocabularyBy by) {
  SweepPlan plan = plan_for(source, temperatures);
  plan.metrics = all_metrics();
  plan.labels = {1, 2, 3, 4, 5, 6, 299};
  plan.renyi_orders = {0, 0.5, 2};
  plan.ordering = some_ordering();
  plan.vocabulary_sizes = {1, 10, 257, 300};
  plan.vocabulary_by = by;
  plan.probabilities = ProbabilityFormat::f32;
  plan.samples = 500;
  plan.seed = 5;
  plan.store_counts = true;
  return plan;
}

class TilingInvariance : public ::testing::TestWithParam<VocabularyBy> {};

TEST_P(TilingInvariance, TilesDoNotShow) {
  VectorSource source = make_source();
  const SweepPlan plan = full_plan(source, GetParam());
  const Sweep whole = sweep(plan, source);
  EXPECT_TRUE(whole.sink.complete());
  EXPECT_TRUE(whole.sink.finished());
  EXPECT_EQ(whole.summary.points, grid_points(plan));
  for (const auto& [tile_rows, tile_temperatures] :
       std::vector<std::pair<std::int64_t, std::int64_t>>{{1, 1}, {2, 3}, {3, 11}, {7, 4}, {1, 11}, {4, 1}}) {
    for (const int threads : {1, 3}) {
      PreparedSweep prepared = prepare_sweep(plan, source, choose_backend("cpu"));
      prepared.plan.threads = threads;
      prepared.tiling.rows = tile_rows;
      prepared.tiling.temperatures = tile_temperatures;
      const Sweep cut = sweep(prepared, source);
      EXPECT_EQ(differing(whole.sink, cut.sink), std::vector<std::string>{})
          << tile_rows << 'x' << tile_temperatures;
      EXPECT_TRUE(cut.sink.complete());
      EXPECT_EQ(cut.summary.verdict->smallest.log10_p, whole.summary.verdict->smallest.log10_p);
      EXPECT_EQ(cut.summary.verdict->uniformity.p.log10_p, whole.summary.verdict->uniformity.p.log10_p);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(By, TilingInvariance, ::testing::Values(VocabularyBy::prefix, VocabularyBy::rank),
                         [](const auto& test) {
                           return test.param == VocabularyBy::prefix ? "prefix" : "rank";
                         });

TEST(TilingByMemory, MemoryDoesNotShow) {
  constexpr std::int64_t many = 40;
  constexpr std::int64_t wide = 20000;
  const auto logits = normal_logits(many * wide, 3, 71);
  VectorSource source(logits, many);
  SweepPlan plan = plan_for(source, {0.1, 0.5, 1.0, 2.0, 8.0});
  plan.probabilities = ProbabilityFormat::log16;
  plan.method = Method::direct;  // others hold more of a row
  const PreparedSweep prepared = prepare_sweep(plan, source, choose_backend("cpu"));
  const Sweep roomy = sweep(prepared, source);
  const std::int64_t longest = source.longest_block();
  ASSERT_EQ(longest, prepared.tiling.rows);
  ASSERT_EQ(prepared.tiling.blocks, 2);
  for (const std::int64_t fewer : {longest / 2, longest / 4, std::int64_t{1}}) {
    // Of a row its logits are held, and five temperatures of two-byte codes; all of it twice.
    plan.memory =
        prepared.tiling.memory - static_cast<std::uint64_t>((longest - fewer) * wide * 2 * (8 + 5 * 2));
    VectorSource again(logits, many);
    const Sweep tight = sweep(plan, again);
    EXPECT_EQ(differing(roomy.sink, tight.sink), std::vector<std::string>{}) << fewer;
    EXPECT_LE(again.longest_block(), fewer);
    EXPECT_GE(again.longest_block(), fewer / 2);
  }
}

TEST(RowSelection, GivesTheSameRows) {
  VectorSource source = make_source();
  SweepPlan plan = full_plan(source, VocabularyBy::prefix);
  plan.vocabulary_sizes = {257};
  const Sweep whole = sweep(plan, source);
  plan.first_row = 2;
  plan.rows = 3;
  const Sweep some = sweep(plan, source);
  EXPECT_EQ(some.sink.get<std::int64_t>("row"), (std::vector<std::int64_t>{2, 3, 4}));
  for (const char* name : {"entropy", "cross_entropy", "probability", "count", "chi_square", "top_token"}) {
    const auto& all = whole.sink.bytes(name);
    const auto row_bytes = static_cast<std::ptrdiff_t>(all.size() / rows);
    const std::vector<std::byte> expected(all.begin() + 2 * row_bytes, all.begin() + 5 * row_bytes);
    EXPECT_EQ(some.sink.bytes(name), expected) << name;
  }
}

/// A smaller vocabulary of a sweep over several is the sweep over it alone.
TEST(VocabularyAxis, SizesDoNotDisturbOneAnother) {
  VectorSource source = make_source();
  SweepPlan plan = full_plan(source, VocabularyBy::prefix);
  plan.probabilities = ProbabilityFormat::none;
  plan.store_counts = false;
  const Sweep all = sweep(plan, source);
  for (std::size_t v = 0; v < 4; ++v) {
    SweepPlan one = plan;
    one.vocabulary_sizes = {plan.vocabulary_sizes[v]};
    const Sweep alone = sweep(one, source);
    for (const char* name :
         {"entropy", "logit_variance", "cross_entropy", "renyi_entropy", "nucleus_size", "top_k_mass",
          "min_p_survivors", "tokens_above", "chi_square", "total_variation"}) {
      const auto& bytes = all.sink.bytes(name);
      const auto size = static_cast<std::ptrdiff_t>(bytes.size() / 4);
      const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(v) * size;
      EXPECT_EQ(alone.sink.bytes(name), std::vector<std::byte>(first, first + size)) << name << ' ' << v;
    }
  }
}

}  // namespace
}  // namespace tempsweep::testing
