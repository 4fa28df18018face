// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>

#include <gtest/gtest.h>

#include "tempsweep/math/alias_draw.hpp"
#include "tempsweep/math/exp2.hpp"

#include "engine/sweep_support.hpp"
#include "support/backend_run.hpp"

/// What the file says was drawn is what the sampler gives for the point's address.
namespace tempsweep::testing {
namespace {

constexpr std::int64_t rows = 4;
constexpr std::int64_t width = 90;
constexpr std::uint64_t samples = 1001;
constexpr std::uint64_t seed = 1234567890123456789U;

VectorSource make_source() {
  return {normal_logits(rows * width, 2, 80), rows};
}

SweepPlan counting_plan(const Source& source) {
  SweepPlan plan = plan_for(source, {0.3, 1.0, 2.5});
  plan.metrics.clear();
  plan.vocabulary_sizes = {40, width};
  plan.samples = samples;
  plan.seed = seed;
  plan.store_counts = true;
  return plan;
}

std::vector<std::uint64_t> direct_call(Source& source, std::int64_t row, double temperature,
                                       std::int64_t vocabulary) {
  std::vector<double> weights(static_cast<std::size_t>(vocabulary));
  source.read(row, 1, vocabulary, weights.data());
  const double maximum = *std::max_element(weights.begin(), weights.end());
  for (double& weight : weights) {
    weight = table_weight(maximum - weight, 1 / temperature);
  }
  AliasScratch scratch;
  AliasTable table;
  build_alias_table(weights, scratch, table);
  std::vector<std::uint64_t> counts(static_cast<std::size_t>(width));
  draw_counts(point_stream(seed, temperature, static_cast<std::uint32_t>(vocabulary), Purpose::alias,
                           static_cast<std::uint64_t>(row)),
              samples, table, counts.data());
  return counts;
}

TEST(StoredCounts, AreADirectCallOfTheSampler) {
  VectorSource source = make_source();
  SweepPlan plan = counting_plan(source);
  for (const std::int64_t first_row : {0, 1, 3}) {
    plan.first_row = first_row;
    plan.rows = rows - first_row;
    const auto stored = sweep(plan, source).sink.get<std::uint64_t>("count");
    auto next = stored.begin();
    for (const std::int64_t vocabulary : plan.vocabulary_sizes) {
      for (std::int64_t row = first_row; row < rows; ++row) {
        for (const double temperature : plan.temperatures) {
          const std::vector<std::uint64_t> point(next, next + width);
          EXPECT_EQ(point, direct_call(source, row, temperature, vocabulary)) << vocabulary << ' ' << row;
          EXPECT_EQ(std::accumulate(point.begin(), point.end(), std::uint64_t{0}), samples);
          next += width;
        }
      }
    }
  }
}

TEST(StoredCounts, DoNotDependOnWhatElseIsAsked) {
  VectorSource source = make_source();
  const SweepPlan bare = counting_plan(source);
  SweepPlan rich = bare;
  rich.metrics = plan_for(source, {1.0}).metrics;
  rich.renyi_orders = {2};
  rich.probabilities = ProbabilityFormat::log16;
  rich.threads = 3;
  EXPECT_EQ(sweep(rich, source).sink.bytes("count"), sweep(bare, source).sink.bytes("count"));
}

TEST(StoredCounts, GiveTheStatisticsThatAreStored) {
  VectorSource source = make_source();
  SweepPlan plan = counting_plan(source);
  plan.vocabulary_sizes = {width};
  plan.probabilities = ProbabilityFormat::f32;
  const Sweep result = sweep(plan, source);
  const auto count = result.sink.get<std::uint64_t>("count");
  const auto probability = result.sink.get<float>("probability");
  const auto distance = result.sink.get<double>("total_variation");
  for (std::size_t point = 0; point < distance.size(); ++point) {
    double sum = 0;
    for (std::size_t i = point * width; i < (point + 1) * width; ++i) {
      sum += std::abs(static_cast<double>(count[i]) / samples - static_cast<double>(probability[i])) / 2;
    }
    EXPECT_NEAR(distance[point], sum, 1e-6);
  }
  EXPECT_FALSE(result.summary.verdict->rejected());
}

}  // namespace
}  // namespace tempsweep::testing
