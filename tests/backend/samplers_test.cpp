// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "tempsweep/math/alias_draw.hpp"
#include "tempsweep/math/exp2.hpp"
#include "tempsweep/math/inverse_draw.hpp"
#include "tempsweep/math/law.hpp"
#include "tempsweep/math/multinomial.hpp"

#include "support/backend_run.hpp"

/// Every sampler, and every truncation: the backend draws what the mathematics gives for the point's address.
namespace tempsweep::testing {
namespace {

using Counts = std::vector<std::uint64_t>;

const std::vector<double> temperatures = {0.0, 1e-5, 0.3, 1.0, 40.0, HUGE_VAL};

/// What a row, [V], gives at one temperature.
struct Point {
  std::vector<double> logits;
  double temperature;
  std::uint64_t seed, row;
  Sampler sampler;
  std::uint64_t samples;
  Truncation truncation{};
};

/// Tokens in order: logit descending, ties by index.
std::vector<std::size_t> order_of(const std::vector<double>& logits) {
  std::vector<std::size_t> order(logits.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return logits[a] > logits[b]; });
  return order;
}

std::vector<double> weights_of(const Point& point) {
  const double maximum = *std::max_element(point.logits.begin(), point.logits.end());
  std::vector<double> depths;
  const auto order = order_of(point.logits);
  for (const std::size_t i : order) {
    if (!std::isinf(point.logits[i])) {
      depths.push_back(std::min(maximum - point.logits[i], 1.7976931348623157e308));
    }
  }
  std::vector<OrderedNode> nodes(static_cast<std::size_t>(order_nodes(std::ssize(depths))));
  build_order_nodes(depths.data(), std::ssize(depths), nodes.data());
  const auto left = survivors(
      {depths.data(), nodes.data(), std::ssize(depths), std::count(depths.begin(), depths.end(), 0.0)},
      point.temperature, survivor_levels(point.truncation));
  std::vector<double> weights(point.logits.size());
  for (std::int64_t k = 0; k < left; ++k) {
    const std::size_t i = order[static_cast<std::size_t>(k)];
    weights[i] = table_weight(maximum - point.logits[i], inverse_temperature(point.temperature));
  }
  return weights;
}

Counts direct_call(const Point& point) {
  const std::vector<double> weights = weights_of(point);
  const PointStream stream =
      point_stream(point.seed, point.temperature, static_cast<std::uint32_t>(weights.size()),
                   sampler_facts(point.sampler).purpose, point.row);
  Counts counts(weights.size());
  AliasScratch scratch;
  if (point.sampler == Sampler::alias) {
    AliasTable table;
    build_alias_table(weights, scratch, table);
    draw_counts(stream, point.samples, table, counts.data());
  } else if (point.sampler == Sampler::inverse) {
    InverseTable table;
    build_inverse_table(weights, scratch, table);
    draw_counts(stream, 0, point.samples, table, counts.data());
  } else if (point.sampler == Sampler::multinomial) {
    IntegerLaw law;
    build_integer_law(weights, scratch, law);
    std::partial_sum(law.weights.begin(), law.weights.end(), law.weights.begin());
    multinomial_counts({law.weights.data(), weights.size()}, stream,
                       multinomial_root(weights.size(), point.samples), counts.data());
  } else {
    Race race;
    build_race(weights, race);
    draw_counts(stream, 0, point.samples, race, counts.data());
  }
  return counts;
}

std::uint64_t samples_for(Sampler sampler) {
  return sampler == Sampler::gumbel ? 37 : 1001;
}

Wanted want_draws(Sampler sampler, const Truncation& truncation = {}) {
  Wanted wanted;
  wanted.samples = samples_for(sampler);
  wanted.seed = 99;
  wanted.sampler = sampler;
  wanted.truncation = truncation;
  return wanted;
}

Counts part(const Counts& all, std::size_t point, std::size_t width) {
  const auto begin = all.begin() + static_cast<std::ptrdiff_t>(point * width);
  return {begin, begin + static_cast<std::ptrdiff_t>(width)};
}

class Samplers : public ::testing::TestWithParam<Sampler> {};

void expect_direct(const std::vector<double>& logits, std::int64_t rows, const Wanted& wanted,
                   const std::vector<double>& at = temperatures) {
  const auto width = logits.size() / static_cast<std::size_t>(rows);
  RunSetup setup{rows, 1000, 0, {}, 2};
  const BackendRun run = run_backend(wanted, logits, at, setup);
  for (std::size_t r = 0; r < static_cast<std::size_t>(rows); ++r) {
    const std::vector<double> row(logits.begin() + static_cast<std::ptrdiff_t>(r * width),
                                  logits.begin() + static_cast<std::ptrdiff_t>((r + 1) * width));
    for (std::size_t t = 0; t < at.size(); ++t) {
      ASSERT_EQ(
          part(run.count, r * at.size() + t, width),
          direct_call({row, at[t], wanted.seed, 1000 + r, wanted.sampler, wanted.samples, wanted.truncation}))
          << "V " << width << " row " << r << " T " << at[t];
    }
  }
}

TEST_P(Samplers, DrawWhatTheAddressGives) {
  for (const std::size_t width : {1U, 2U, 7U, 777U, 1024U}) {
    expect_direct(normal_logits(2 * width, 3, 60), 2, want_draws(GetParam()));
  }
}

TEST_P(Samplers, DrawFromTheSurvivorsAlone) {
  auto logits = normal_logits(300, 2, 61);
  for (std::size_t i = 0; i < 300; i += 7) {
    logits[i] = i % 2 == 0 ? -HUGE_VAL : 1.5;  // masks, and ties across the cut
  }
  for (const Truncation& truncation :
       {Truncation{5, 1, 0}, Truncation{30, 1, 0}, Truncation{Truncation::all, 0.6, 0},
        Truncation{Truncation::all, 1, 0.1}, Truncation{40, 0.9, 0.05}, Truncation{1, 1, 0}}) {
    expect_direct(logits, 1, want_draws(GetParam(), truncation));
  }
}

TEST_P(Samplers, CutTiesByIndex) {
  const std::vector<double> logits = {0, 3, 3, -HUGE_VAL, 3, 3, 1, 3, 0};
  const BackendRun run = run_backend(want_draws(GetParam(), {3, 1, 0}), logits, temperatures);
  for (std::size_t t = 0; t < temperatures.size(); ++t) {
    const Counts counts = part(run.count, t, logits.size());
    EXPECT_EQ(counts[1] + counts[2] + counts[4], samples_for(GetParam())) << temperatures[t];
    EXPECT_TRUE(counts[1] > 0 && counts[2] > 0 && counts[4] > 0);
  }
}

/// Logits that differ, at depths that do not: they are still told apart.
TEST_P(Samplers, CutByLogitWhereDepthsAreRoundedAlike) {
  std::vector<double> logits = {4.0};
  for (int i = 0; i < 40; ++i) {
    logits.push_back(1e-20 * ((i * 17) % 40));
  }
  expect_direct(logits, 1, want_draws(GetParam(), {12, 1, 0}), {1.0, 5.0, HUGE_VAL});
}

TEST_P(Samplers, KeepOldDrawsWhateverIsAround) {
  const auto logits = normal_logits(std::size_t{3} * 90, 2, 62);
  const Truncation truncation{60, 0.95, 0};
  RunSetup setup{3, 5, 0, {}, 1};
  const BackendRun few = run_backend(want_draws(GetParam(), truncation), logits, {0.5, 2.0}, setup);
  setup.threads = 3;
  const BackendRun many =
      run_backend(want_draws(GetParam(), truncation), logits, {0.0, 0.1, 0.5, 0.7, 2.0, HUGE_VAL}, setup);
  for (std::size_t row = 0; row < 3; ++row) {
    EXPECT_EQ(part(few.count, 2 * row, 90), part(many.count, 6 * row + 2, 90));
    EXPECT_EQ(part(few.count, 2 * row + 1, 90), part(many.count, 6 * row + 4, 90));
  }
  const std::vector<double> last(logits.end() - 90, logits.end());
  const BackendRun alone =
      run_backend(want_draws(GetParam(), truncation), last, {2.0}, RunSetup{1, 7, 0, {}, 2});
  EXPECT_EQ(alone.count, part(few.count, 5, 90));
}

TEST_P(Samplers, ByRankDrawFromTheHighest) {
  const auto logits = normal_logits(200, 2, 63);
  Wanted wanted = want_draws(GetParam(), {20, 1, 0});
  wanted.vocabulary_by = VocabularyBy::rank;
  const BackendRun run = run_backend(wanted, logits, {1.0}, RunSetup{1, 4, 50, {}, 1});
  std::vector<double> kept;
  for (const std::uint32_t token : run.vocabulary[0]) {
    kept.push_back(logits[token]);
  }
  const Counts drawn = direct_call({kept, 1.0, 99, 4, GetParam(), wanted.samples, {20, 1, 0}});
  Counts expected(200);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    expected[run.vocabulary[0][i]] = drawn[i];
  }
  EXPECT_EQ(run.count, expected);
}

TEST_P(Samplers, SkipRowsThatAreNoLaw) {
  auto logits = normal_logits(60, 1, 64);
  logits[25] = std::nan("");
  const BackendRun run =
      run_backend(want_draws(GetParam(), {5, 0.9, 0}), logits, {1.0}, RunSetup{3, 0, 0, {}, 1});
  EXPECT_EQ(part(run.count, 1, 20), Counts(20));
  const auto total = [&](std::size_t row) {
    const Counts counts = part(run.count, row, 20);
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  };
  EXPECT_EQ(total(0), samples_for(GetParam()));
  EXPECT_EQ(total(2), samples_for(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(All, Samplers,
                         ::testing::Values(Sampler::alias, Sampler::inverse, Sampler::gumbel,
                                           Sampler::multinomial),
                         [](const auto& one) { return std::string(sampler_facts(one.param).name); });

TEST(ManyDraws, AreThoseOfTheAddressUpToTheMost) {
  auto logits = normal_logits(std::size_t{2} * 257, 3, 61);
  logits[1] = logits[256] = -HUGE_VAL;
  logits[2] = logits[3] = 20;
  for (const std::uint64_t n : {std::uint64_t{1}, std::uint64_t{1} << 33U, std::uint64_t{1} << 53U}) {
    Wanted wanted = want_draws(Sampler::multinomial, {200, 0.999, 0});
    wanted.samples = n;
    expect_direct(logits, 2, wanted);
  }
}

}  // namespace
}  // namespace tempsweep::testing
