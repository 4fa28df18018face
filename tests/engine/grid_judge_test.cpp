// SPDX-License-Identifier: Apache-2.0
// The verdict over a sweep, and the re-simulation of what it would rest on.
#include "engine/grid_judge.hpp"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "tempsweep/stats/resimulation.hpp"

#include "engine/sweep_support.hpp"
#include "support/backend_run.hpp"

namespace tempsweep::testing {
namespace {

constexpr std::int64_t width = 30;

VectorSource make_source() {
  return {normal_logits(4 * width, 2, 81), 4};
}

SweepPlan drawing_plan(const Source& source) {
  SweepPlan plan = plan_for(source, {0, 0.4, 1.0, 3.0});
  plan.metrics.clear();
  plan.samples = 2000;
  plan.seed = 11;
  return plan;
}

TEST(GridVerdictOfSweep, right_draws_agree) {
  VectorSource source = make_source();
  const Sweep result = sweep(drawing_plan(source), source);
  ASSERT_TRUE(result.summary.verdict);
  EXPECT_FALSE(result.summary.verdict->rejected());
  EXPECT_EQ(result.summary.verdict->points, 16U);
  SweepPlan none = drawing_plan(source);
  none.samples = 0;
  EXPECT_FALSE(sweep(none, source).summary.verdict);
}

TEST(GridVerdictOfSweep, grid_places_go_round) {
  const JudgedGrid grid = judged_grid(drawing_plan(make_source()));
  for (std::uint64_t i = 0; i < 16; ++i) {
    EXPECT_EQ(grid.index_of(grid.place_of(i)), i);
  }
  EXPECT_EQ(grid.index_of({0, 2, 3}), 11U);
}

TEST(RowJudge, rank_ties_go_to_the_lower_index) {
  const std::vector<double> logits{1, 3, 3, 2, 3};
  EXPECT_EQ(rank_vocabulary(logits, 2), (std::vector<std::uint32_t>{1, 2}));
  EXPECT_EQ(rank_vocabulary(logits, 4), (std::vector<std::uint32_t>{1, 2, 3, 4}));
  EXPECT_EQ(rank_vocabulary(logits, 5), (std::vector<std::uint32_t>{0, 1, 2, 3, 4}));
}

TEST(RowJudge, beyond_the_survivors_nothing_is_possible) {
  const std::vector<double> logits{1, 3, 2, 0.5};
  Truncation truncation;
  truncation.top_k = 2;
  RowJudge judge(truncation);
  judge.load(logits, {}, 4);
  const auto judged = [&](const std::vector<std::uint64_t>& count) {
    return tests_of(judge.judge({1, 0, 0}, count, 100));
  };
  EXPECT_FALSE(judged({0, 73, 27, 0}).impossible);
  EXPECT_TRUE(judged({1, 73, 26, 0}).impossible);
  EXPECT_GT(judged({0, 73, 27, 0}).chi_square_p, 0.9);  // renormalised: 73.1 and 26.9
}

TEST(RowJudge, many_draws_are_judged_by_the_tables_law) {
  const std::vector<double> logits{0, -30, -31};  // 2^-34 units and less: the table rounds them
  RowJudge judge(Truncation{});
  judge.load(logits, {}, 3);
  EXPECT_TRUE(judge.law_at({1, 0, 0}, std::uint64_t{1} << 31U).probability.empty());
  const auto law = judge.law_at({1, 0, 0}, std::uint64_t{1} << 33U).probability;
  ASSERT_EQ(law.size(), 3U);
  EXPECT_EQ(law[1], std::round(std::ldexp(law[1], 34)) * 0x1p-34);
  EXPECT_EQ(law[0] + law[1] + law[2], 1);
}

class Confirm : public ::testing::TestWithParam<Sampler> {};

/// A point whose p an approximation got wrong by many decades: re-simulation puts it right.
TEST_P(Confirm, puts_a_wrong_p_right) {
  VectorSource source = make_source();
  JudgedGrid grid = judged_grid(drawing_plan(source));
  grid.sampler = GetParam();
  std::vector<double> row(width);
  const RowReader read = [&](std::int64_t r) {
    source.read(r, 1, width, row.data());
    return std::span<const double>(row);
  };
  for (const int threads : {1, 2}) {
    GridReferee referee(0.9999);  // so that a p of 5 % would reject
    PointTests tests;
    tests.log10_p = {std::log10(0.05), std::nan(""), std::nan(""), std::nan("")};
    referee.add(grid.index_of({0, 1, 2}), tests);
    confirm(referee, grid, read, threads);
    const GridVerdict verdict = referee.verdict();
    ASSERT_EQ(verdict.resimulated.size(), 1U);
    const Resimulation& simulation = verdict.resimulated[0].simulation;
    EXPECT_GE(simulation.exceedances, enough_exceedances);
    // Chi-square at p = 0.05 is exceeded one time in twenty, by either sampler.
    EXPECT_NEAR(static_cast<double>(simulation.exceedances),
                0.05 * static_cast<double>(simulation.replicates),
                4 * std::sqrt(0.05 * static_cast<double>(simulation.replicates)));
  }
}

TEST_P(Confirm, upholds_what_never_happens) {
  VectorSource source = make_source();
  SweepPlan plan = drawing_plan(source);
  plan.samples = 60;
  JudgedGrid grid = judged_grid(plan);
  grid.sampler = GetParam();
  GridReferee referee(1e-3);
  PointTests tests;
  tests.log10_p = {std::nan(""), -40, std::nan(""), std::nan("")};
  referee.add(grid.index_of({0, 0, 2}), tests);
  std::vector<double> row(width);
  confirm(
      referee, grid,
      [&](std::int64_t r) {
        source.read(r, 1, width, row.data());
        return std::span<const double>(row);
      },
      2);
  const GridVerdict verdict = referee.verdict();
  ASSERT_EQ(verdict.resimulated.size(), 1U);
  EXPECT_EQ(verdict.resimulated[0].simulation.replicates, most_replicates);
  EXPECT_TRUE(verdict.resimulated[0].simulation.upheld());
  EXPECT_TRUE(verdict.by_point());
}

INSTANTIATE_TEST_SUITE_P(Of, Confirm, ::testing::Values(Sampler::alias, Sampler::multinomial));

}  // namespace
}  // namespace tempsweep::testing
