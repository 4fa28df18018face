// SPDX-License-Identifier: Apache-2.0
#include "kernels/arguments/draw_plan.hpp"

#include <gtest/gtest.h>

#include "kernels/body/draw.hpp"

/// Where draws are counted, and by how many blocks of threads.
namespace tempsweep::testing {
namespace {

using kernels::DrawTokens;

constexpr std::int64_t sm_86 = std::int64_t{99} << 10U;
constexpr std::int64_t sm_90 = std::int64_t{227} << 10U;

void expect_fit(DrawTokens job, std::int64_t shared) {
  job.plan = kernels::plan_draws(job, {shared, 132});
  EXPECT_LE(kernels::shared_bytes(job), static_cast<std::size_t>(shared));
  EXPECT_EQ(job.plan.draws % 2, 0U);
  EXPECT_GE(job.plan.draws, DrawTokens::draws_a_block);
  EXPECT_LE(job.draws_of_a_block(), DrawTokens::most_draws_a_block);
  EXPECT_TRUE(!job.tagged() || (job.plan.bins & (job.plan.bins - 1)) == 0);
  EXPECT_TRUE(!job.plan.staged || job.plan.bins == job.columns);
}

/// Whatever the draws and the points.
void expect_all_fit(std::int64_t columns, std::int64_t shared) {
  const AliasEntry entry{};
  DrawTokens job{};
  job.entries = &entry;
  job.columns = columns;
  for (job.n = 1; job.n <= std::uint64_t{1} << 40U; job.n *= 32) {
    for (const std::int64_t points : {1, 7, 60000}) {
      job.points = points;
      expect_fit(job, shared);
    }
  }
}

TEST(DrawPlans, FitTheDevice) {
  for (const std::int64_t shared : {std::int64_t{0}, std::int64_t{48} << 10U, sm_86, sm_90}) {
    for (std::int64_t columns = 1; columns < std::int64_t{1} << 24U; columns = columns * 3 + 1) {
      expect_all_fit(columns, shared);
    }
  }
}

kernels::DrawPlan plan(std::int64_t columns, std::uint64_t n, std::int64_t shared) {
  const AliasEntry entry{};
  DrawTokens job{};
  job.columns = columns;
  job.points = 8;
  job.n = n;
  job.entries = &entry;
  return kernels::plan_draws(job, {shared, 132});
}

TEST(DrawPlans, TakeWhatPays) {
  constexpr std::uint64_t many = 1'000'000'000;
  EXPECT_TRUE(plan(1000, many, sm_90).staged);
  EXPECT_TRUE(plan(16384, many, sm_90).staged);
  EXPECT_FALSE(plan(16384, many, sm_86).staged);
  EXPECT_EQ(plan(32000, many, sm_90).bins, 32000);
  EXPECT_FALSE(plan(32000, many, sm_90).staged);
  EXPECT_EQ(plan(128256, many, sm_90).bins, 32768);
  EXPECT_EQ(plan(128256, many, sm_86).bins, 16384);
  EXPECT_EQ(plan(128256, 100'000, sm_90).bins, 0) << "too few draws to flush them";
  EXPECT_EQ(plan(128256, 10'000'000, sm_90).draws, 588'236U) << "one block for every multiprocessor";
  EXPECT_EQ(plan(1000, 132'000'000, sm_90).draws, 1'000'000U) << "eight blocks for every multiprocessor";
}

}  // namespace
}  // namespace tempsweep::testing
