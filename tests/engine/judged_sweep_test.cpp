// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <gtest/gtest.h>

#include "engine/prepare.hpp"
#include "engine/sweep_support.hpp"
#include "engine/tile_statistics.hpp"
#include "engine/tiling.hpp"
#include "support/backend_run.hpp"

/// Statistics that the kernels' sums are finished to, and those that the CPU makes of counts: the same file.
namespace tempsweep::testing {
namespace {

struct Draws {
  std::uint64_t samples;
  Sampler sampler = Sampler::alias;
  Truncation truncation{};
  VocabularyBy vocabulary_by = VocabularyBy::prefix;
  std::vector<std::int64_t> sizes{61, 400};
};

/// Ties, masked tokens, zeros of both signs, and a row that is no law.
std::vector<double> some_rows() {
  auto logits = normal_logits(3 * 400, 2.5, 21);
  for (std::size_t i = 0; i < 200; ++i) {
    logits[2 * i] = std::nearbyint(logits[2 * i]);
    logits[800 + i] = i % 9 == 0 ? -HUGE_VAL : logits[800 + i];
  }
  logits[400 + 7] = std::nan("");
  return logits;
}

SweepPlan judged_plan(const Source& source, const Draws& draws) {
  SweepPlan plan = plan_for(source, {0, 1e-3, 0.5, 1, 100, HUGE_VAL});
  plan.samples = draws.samples;
  plan.sampler = draws.sampler;
  plan.truncation = draws.truncation;
  plan.vocabulary_by = draws.vocabulary_by;
  plan.vocabulary_sizes = draws.sizes;
  plan.on_bad_row = OnBadRow::skip;
  plan.threads = 2;
  return plan;
}

void expect_same_statistics(const SweepPlan& plan, VectorSource& source) {
  const Sweep cpu(plan, source, "cpu");
  const Sweep kernels(plan, source, "cuda-host");
  const auto differ = differing(cpu.sink, kernels.sink);
  for (const Statistic& statistic : statistic_table()) {
    ASSERT_TRUE(kernels.sink.has(statistic.name));
    EXPECT_EQ(std::count(differ.begin(), differ.end(), statistic.name), 0) << statistic.name;
  }
  EXPECT_EQ(cpu.summary.verdict->smallest.log10_p, kernels.summary.verdict->smallest.log10_p);
  EXPECT_EQ(kernels.sink.has("count"), plan.store_counts);
}

TEST(JudgedSweep, TheKernelsAndTheCpuGiveTheSameFile) {
  VectorSource source(some_rows(), 3);
  Truncation cut;
  cut.top_k = 50;
  cut.top_p = 0.9;
  cut.min_p = 1e-3;
  const std::uint64_t many = std::uint64_t{1} << 40U;
  for (const Draws& draws :
       {Draws{7}, Draws{3000}, Draws{3000, Sampler::inverse, cut}, Draws{300, Sampler::gumbel},
        Draws{many, Sampler::multinomial}, Draws{many, Sampler::multinomial, cut},
        Draws{2000, Sampler::alias, cut, VocabularyBy::rank, {1, 61, 400}}}) {
    expect_same_statistics(judged_plan(source, draws), source);
  }
}

TEST(JudgedSweep, CountsThatAreStoredAreThereToo) {
  VectorSource source(some_rows(), 3);
  SweepPlan plan = judged_plan(source, {500});
  plan.store_counts = true;
  expect_same_statistics(plan, source);
  const Sweep cpu(plan, source, "cpu");
  const Sweep kernels(plan, source, "cuda-host");
  EXPECT_EQ(cpu.sink.bytes("count"), kernels.sink.bytes("count"));
}

TEST(JudgedSweep, CountsThatAreNotStoredTakeNoMemory) {
  const ShapeSource source(100, 32000);
  SweepPlan plan = plan_for(source, {0.5, 1, 2});
  plan.samples = 1000;
  const auto bytes = [&](const char* backend) {
    return bytes_per_point(plan, 32000, wanted_of(plan, 32000, choose_backend(backend)));
  };
  EXPECT_GT(bytes("cpu"), 32000 * 8);
  EXPECT_LT(bytes("cuda-host"), 2000);
  plan.store_counts = true;
  EXPECT_GT(bytes("cuda-host"), 32000 * 8);
}

}  // namespace
}  // namespace tempsweep::testing
