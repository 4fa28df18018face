// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <gtest/gtest.h>

#include "engine/sweep_support.hpp"

/// Coordinates and closing words of a result.
namespace tempsweep::testing {
namespace {

TEST(SweepCoordinates, AreThePlan) {
  VectorSource source({1, 2, 3, 4, 5, 6}, 2);
  SweepPlan plan = plan_for(source, {0.0, 0.5, HUGE_VAL});
  plan.vocabulary_sizes = {2, 3};
  plan.renyi_orders = {2, HUGE_VAL};
  plan.ordering = {{0.5, 0.9}, {1, 7}, {0.1}, {0, 0.25, 1}};
  plan.probabilities = ProbabilityFormat::f32;
  plan.token_names = {"a", "bcd", ""};
  const Sweep result = sweep(plan, source);
  EXPECT_TRUE(result.sink.complete());
  EXPECT_EQ(result.sink.get<double>("temperature"), plan.temperatures);
  EXPECT_EQ(result.sink.get<double>("inverse_temperature"), (std::vector<double>{HUGE_VAL, 2, 0}));
  EXPECT_EQ(result.sink.get<std::int64_t>("vocab_size"), plan.vocabulary_sizes);
  EXPECT_EQ(result.sink.get<std::int64_t>("token"), (std::vector<std::int64_t>{0, 1, 2}));
  EXPECT_EQ(result.sink.get<double>("renyi_order"), plan.renyi_orders);
  EXPECT_EQ(result.sink.get<double>("nucleus_mass"), plan.ordering.nucleus_masses);
  EXPECT_EQ(result.sink.get<std::int64_t>("top_k"), plan.ordering.top_k);
  EXPECT_EQ(result.sink.get<double>("min_p"), plan.ordering.min_p_levels);
  EXPECT_EQ(result.sink.get<double>("probability_threshold"), plan.ordering.thresholds);
  EXPECT_EQ(result.sink.get<std::int64_t>("nucleus_size").size(), 2U * 2 * 3 * 2);
  EXPECT_EQ(result.sink.get<std::int64_t>("tokens_above").size(), 2U * 2 * 3 * 3);
  EXPECT_EQ(result.sink.get<char>("token_name"), (std::vector<char>{'a', 0, 0, 'b', 'c', 'd', 0, 0, 0}));
  EXPECT_TRUE(std::isnan(result.sink.get<float>("probability")[2])) << "outside the vocabulary of 2";
}

TEST(SweepProgress, CountsEveryPointOnce) {
  VectorSource source({1, 2, 3, 4, 5, 6}, 3);
  PreparedSweep prepared = prepare_sweep(plan_for(source, {0.5, 1.0, 2.0}), source, choose_backend("cpu"));
  prepared.tiling.rows = 2;
  prepared.tiling.temperatures = 2;
  MemorySink sink(prepared.schema);
  std::vector<std::int64_t> seen;
  const auto note = [&](std::int64_t done) { seen.push_back(done); };
  EXPECT_EQ(run_sweep(prepared, source, choose_backend("cpu"), sink, {note, {}}).points, 9);
  EXPECT_EQ(seen, (std::vector<std::int64_t>{4, 6, 8, 9}));
}

}  // namespace
}  // namespace tempsweep::testing
