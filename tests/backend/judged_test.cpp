// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "support/backend_run.hpp"
#include "support/judged_case.hpp"

/// Of backends that judge: their sums of the draws have the bits of those that the CPU makes of the counts.
namespace tempsweep::testing {
namespace {

constexpr std::size_t width = 500;
constexpr std::size_t rows = 2;
const std::vector<double> temperatures = {0.0, 0.3, 1.0, 30.0, HUGE_VAL};

std::vector<double> some_logits() {
  auto logits = normal_logits(rows * width, 3, 90);
  for (std::size_t i = 0; i < width; i += 5) {
    logits[i] = std::nearbyint(logits[i]);
    logits[width + i] = -HUGE_VAL;
  }
  return logits;
}

Wanted judged(std::uint64_t samples, Sampler sampler, std::int64_t top_k) {
  Wanted wanted;
  wanted.samples = samples;
  wanted.sampler = sampler;
  wanted.seed = 3;
  wanted.truncation.top_k = top_k;
  wanted.judged = true;
  return wanted;
}

void expect_judged(const Wanted& wanted) {
  const auto logits = some_logits();
  const RunSetup setup{rows, 0, 0, {}, 2};
  const BackendRun run = run_backend(wanted, logits, temperatures, setup);
  for (std::size_t r = 0; r < rows; ++r) {
    JudgedCase one{{logits.begin() + static_cast<std::ptrdiff_t>(r * width),
                    logits.begin() + static_cast<std::ptrdiff_t>((r + 1) * width)},
                   temperatures};
    one.left = wanted.truncation.top_k;
    for (std::size_t t = 0; t < temperatures.size(); ++t) {
      const auto begin =
          run.count.begin() + static_cast<std::ptrdiff_t>((r * temperatures.size() + t) * width);
      one.counts.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(width));
    }
    for (std::size_t t = 0; t < temperatures.size(); ++t) {
      EXPECT_TRUE(same_sums(run.judged[r * temperatures.size() + t], sums_of_cpu(one, t)))
          << sampler_facts(wanted.sampler).name << ", row " << r << ", T " << temperatures[t];
    }
  }
  Wanted sums_alone = wanted;
  sums_alone.keep_counts = false;
  const BackendRun alone = run_backend(sums_alone, logits, temperatures, setup);
  EXPECT_TRUE(alone.count.empty());
  for (std::size_t i = 0; i < run.judged.size(); ++i) {
    EXPECT_TRUE(same_sums(alone.judged[i], run.judged[i]));
  }
}

TEST(Judged, SumsHaveTheBitsOfTheCpu) {
  expect_judged(judged(4000, Sampler::alias, Truncation::all));
  expect_judged(judged(4000, Sampler::inverse, 30));
  expect_judged(judged(100, Sampler::gumbel, Truncation::all));
  expect_judged(judged(std::uint64_t{1} << 31U, Sampler::multinomial, 200));
}

}  // namespace
}  // namespace tempsweep::testing
