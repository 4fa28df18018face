// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "support/backend_run.hpp"

/// What must not change when the row is moved, stretched or shuffled; nothing here needs a reference value.
namespace tempsweep::testing {
namespace {

const std::vector<double> temperatures = {1e-3, 0.03, 0.3, 0.7, 1.0, 1.5, 4.0, 50.0, 1e4, HUGE_VAL};

void expect_close(double value, double reference, double relative, const char* what, double temperature) {
  EXPECT_LE(std::abs(value - reference), relative * std::abs(reference) + 1e-300)
      << what << " at T = " << temperature << ": " << value << " against " << reference;
}

/// Logits on a grid of 2^-10, so that shifts and stretches by powers of two are exact.
std::vector<double> grid_logits(std::size_t count, unsigned seed) {
  std::vector<double> logits = normal_logits(count, 3, seed);
  for (double& logit : logits) {
    logit = std::nearbyint(logit * 1024) / 1024;
  }
  return logits;
}

TEST(Symmetry, ShiftLeavesTheLawAlone) {
  const auto logits = grid_logits(1500, 3);
  const BackendRun base = run_backend(want_metrics(), logits, temperatures);
  for (const double shift : {1.0, -7.0, 1024.0, -1048576.0, 0x1p40}) {
    auto moved = logits;
    for (double& logit : moved) {
      logit += shift;
    }
    const BackendRun run = run_backend(want_metrics(), moved, temperatures);
    for (const char* name : {"entropy", "perplexity", "top_probability", "logit_variance", "heat_capacity",
                             "entropy_slope", "collision_probability", "kl_from_unit_temperature"}) {
      EXPECT_TRUE(same_bits(run.metric(name), base.metric(name))) << name << " shifted by " << shift;
    }
    for (std::size_t t = 0; t < temperatures.size(); ++t) {
      expect_close(run.metric("mean_logit")[t], base.metric("mean_logit")[t] + shift,
                   1e-15 + 1e-15 * std::abs(shift), "mean_logit", temperatures[t]);
    }
  }
}

TEST(Symmetry, StretchingLogitsAndTemperatureAlikeLeavesTheLawAlone) {
  const auto logits = grid_logits(1500, 4);
  const BackendRun base = run_backend(want_metrics(), logits, temperatures);
  for (const double factor : {0.125, 3.0, 1024.0, 1e10}) {
    auto stretched = logits;
    auto scaled = temperatures;
    for (double& logit : stretched) {
      logit *= factor;
    }
    for (double& temperature : scaled) {
      temperature *= factor;
    }
    const BackendRun run = run_backend(want_metrics(), stretched, scaled);
    for (std::size_t t = 0; t < temperatures.size(); ++t) {
      for (const char* name :
           {"entropy", "perplexity", "top_probability", "heat_capacity", "collision_probability"}) {
        expect_close(run.metric(name)[t], base.metric(name)[t], 1e-11, name, temperatures[t]);
      }
      expect_close(run.metric("logit_variance")[t], base.metric("logit_variance")[t] * factor * factor, 1e-11,
                   "logit_variance", temperatures[t]);
      expect_close(run.metric("entropy_slope")[t], base.metric("entropy_slope")[t] / factor, 1e-11,
                   "entropy_slope", temperatures[t]);
    }
  }
}

TEST(Symmetry, ShufflingTokensShufflesProbabilities) {
  auto logits = grid_logits(1200, 5);
  std::vector<std::size_t> order(logits.size());
  std::iota(order.begin(), order.end(), 0U);
  std::shuffle(order.begin(), order.end(), std::mt19937(6));
  std::vector<double> shuffled;
  for (const std::size_t i : order) {
    shuffled.push_back(logits[i]);
  }
  Wanted wanted = want_metrics();
  wanted.probabilities = ProbabilityFormat::f32;
  const BackendRun a = run_backend(wanted, logits, temperatures);
  const BackendRun b = run_backend(wanted, shuffled, temperatures);
  for (std::size_t t = 0; t < temperatures.size(); ++t) {
    expect_close(b.metric("entropy")[t], a.metric("entropy")[t], 1e-13, "entropy", temperatures[t]);
    expect_close(b.metric("logit_variance")[t], a.metric("logit_variance")[t], 1e-12, "variance",
                 temperatures[t]);
    for (std::size_t i = 0; i < order.size(); ++i) {
      const float p = a.probability[t * order.size() + order[i]];
      ASSERT_NEAR(b.probability[t * order.size() + i], p, 2e-7F * p);
    }
  }
}

TEST(Symmetry, TemperatureKeepsTheOrderOfTheTokens) {
  const auto logits = grid_logits(2000, 8);
  std::vector<std::size_t> order(logits.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return logits[a] < logits[b]; });
  Wanted wanted;
  wanted.probabilities = ProbabilityFormat::f32;
  const BackendRun run = run_backend(wanted, logits, temperatures);
  for (std::size_t t = 0; t < temperatures.size(); ++t) {
    const float* p = run.probability.data() + t * order.size();
    for (std::size_t i = 1; i < order.size(); ++i) {
      ASSERT_LE(p[order[i - 1]], p[order[i]]) << "T = " << temperatures[t];
      if (logits[order[i - 1]] == logits[order[i]]) {
        ASSERT_EQ(p[order[i - 1]], p[order[i]]);
      }
    }
  }
}

TEST(Symmetry, ProbabilitiesAddUpToOne) {
  for (const std::size_t count : {1U, 2U, 9U, 1000U, 32000U}) {
    Wanted wanted;
    wanted.probabilities = ProbabilityFormat::f32;
    const BackendRun run = run_backend(wanted, normal_logits(count, 3, 9), temperatures);
    for (std::size_t t = 0; t < temperatures.size(); ++t) {
      const auto first = run.probability.begin() + static_cast<std::ptrdiff_t>(t * count);
      const double sum = std::accumulate(first, first + static_cast<std::ptrdiff_t>(count), 0.0);
      EXPECT_NEAR(sum, 1, static_cast<double>(count) * 0x1p-24);
      EXPECT_NEAR(sum, 1, 1e-6) << "each rounding is relative to its own token";
    }
  }
}

TEST(Symmetry, MaskedTokensChangeNothing) {
  const auto logits = grid_logits(1000, 10);
  std::vector<double> masked;
  for (const double logit : logits) {
    masked.push_back(logit);
    masked.push_back(-HUGE_VAL);
  }
  Wanted wanted = want_metrics();
  wanted.renyi_orders = {0, 0.5, 2, HUGE_VAL};
  const BackendRun plain = run_backend(wanted, logits, temperatures);
  EXPECT_TRUE(same_bits(run_backend(wanted, masked, temperatures), plain));
  wanted.probabilities = ProbabilityFormat::f32;
  const BackendRun dense = run_backend(wanted, masked, temperatures);
  for (std::size_t i = 1; i < dense.probability.size(); i += 2) {
    ASSERT_EQ(dense.probability[i], 0.0F);
  }
}

}  // namespace
}  // namespace tempsweep::testing
