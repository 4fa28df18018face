// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "tempsweep/math/alias_draw.hpp"
#include "tempsweep/math/exp2.hpp"

#include "support/backend_run.hpp"

/// A point's draws hang on (seed, T, V, row) alone: the engine must ask the sampler for just that address.
namespace tempsweep::testing {
namespace {

constexpr std::uint64_t samples = 4001;

std::vector<std::uint64_t> direct_call(const std::vector<double>& logits, double temperature,
                                       std::uint64_t seed, std::uint64_t row) {
  const double maximum = *std::max_element(logits.begin(), logits.end());
  const double beta = 1 / (temperature + 0.0);
  std::vector<double> weights;
  for (const double logit : logits) {
    weights.push_back(std::isinf(beta) ? static_cast<double>(logit == maximum)
                                       : table_weight(maximum - logit, beta));
  }
  AliasScratch scratch;
  AliasTable table;
  build_alias_table(weights, scratch, table);
  std::vector<std::uint64_t> counts(logits.size());
  draw_counts(point_stream(seed, temperature, static_cast<std::uint32_t>(logits.size()), Purpose::alias, row),
              samples, table, counts.data());
  return counts;
}

Wanted want_counts(std::uint64_t seed) {
  Wanted wanted;
  wanted.samples = samples;
  wanted.seed = seed;
  return wanted;
}

TEST(Counts, AreThoseOfTheAddress) {
  constexpr std::size_t width = 777;
  const std::vector<double> temperatures = {0.0, 1e-320, 1e-5, 0.3, 1.0, 40.0, HUGE_VAL};
  const auto logits = normal_logits(3 * width, 3, 60);
  for (const std::int64_t first_row : {std::int64_t{0}, std::int64_t{1000}, std::int64_t{1} << 40}) {
    RunSetup setup{3, first_row, 0, {}, 2};
    const BackendRun run = run_backend(want_counts(99), logits, temperatures, setup);
    for (std::size_t r = 0; r < 3; ++r) {
      const std::vector<double> row(logits.begin() + static_cast<std::ptrdiff_t>(r * width),
                                    logits.begin() + static_cast<std::ptrdiff_t>((r + 1) * width));
      for (std::size_t t = 0; t < temperatures.size(); ++t) {
        const auto begin =
            run.count.begin() + static_cast<std::ptrdiff_t>((r * temperatures.size() + t) * width);
        const std::vector<std::uint64_t> stored(begin, begin + static_cast<std::ptrdiff_t>(width));
        ASSERT_EQ(stored, direct_call(row, temperatures[t], 99, static_cast<std::uint64_t>(first_row) + r))
            << "row " << r << " T " << temperatures[t];
      }
    }
  }
}

TEST(Counts, AddUpAndAvoidTheMasked) {
  const std::vector<double> logits = {1, -HUGE_VAL, 0.5, -HUGE_VAL, 1, -3};
  const BackendRun run = run_backend(want_counts(1), logits, {0.0, 0.4, 2.0, HUGE_VAL});
  for (std::size_t t = 0; t < 4; ++t) {
    const auto begin = run.count.begin() + static_cast<std::ptrdiff_t>(6 * t);
    EXPECT_EQ(std::accumulate(begin, begin + 6, std::uint64_t{0}), samples);
    EXPECT_EQ(begin[1] + begin[3], 0U);
  }
  EXPECT_EQ(run.count[0] + run.count[4], samples) << "the limit draws tops alone";
}

/// Differences beyond the largest double are not masks.
TEST(Counts, ReachTokensAsFarApartAsLogitsCanBe) {
  const std::vector<double> logits = {1.5e308, -1.5e308, 0, -1e308, 1e308, -HUGE_VAL};
  const BackendRun run = run_backend(want_counts(3), logits, {1.0, HUGE_VAL});
  EXPECT_EQ(run.count[0], samples);
  for (std::size_t token = 0; token < 5; ++token) {
    EXPECT_GT(run.count[6 + token], samples / 6) << token;
  }
  EXPECT_EQ(run.count[11], 0U);
}

TEST(Counts, DifferBySeedAndRow) {
  const auto logits = normal_logits(50, 1, 61);
  const BackendRun base = run_backend(want_counts(1), logits, {1.0});
  EXPECT_NE(run_backend(want_counts(2), logits, {1.0}).count, base.count);
  RunSetup other;
  other.first_row = 1;
  EXPECT_NE(run_backend(want_counts(1), logits, {1.0}, other).count, base.count);
}

}  // namespace
}  // namespace tempsweep::testing
