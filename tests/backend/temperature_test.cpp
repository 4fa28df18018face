// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "support/backend_run.hpp"
#include "support/quad_law.hpp"

/// Temperature as a variable: monotone curves, slopes, and its two ends.
namespace tempsweep::testing {
namespace {

std::vector<double> fine_grid() {
  std::vector<double> grid;
  for (int k = -400; k <= 400; ++k) {
    grid.push_back(std::exp2(0.025 * k));
  }
  return grid;
}

TEST(Temperature, EntropyRisesAndTheTopFalls) {
  const auto grid = fine_grid();
  for (const unsigned seed : {1U, 2U, 3U}) {
    const BackendRun run = run_backend(want_metrics(), normal_logits(3000, 4, seed), grid);
    const double slack = 2 * run.bounds[0].entropy / ln_2;
    for (std::size_t t = 1; t < grid.size(); ++t) {
      EXPECT_GE(run.metric("entropy")[t] - run.metric("entropy")[t - 1], -slack);
      EXPECT_LE(run.metric("top_probability")[t], run.metric("top_probability")[t - 1] * (1 + slack));
      EXPECT_LE(run.metric("mean_logit")[t], run.metric("mean_logit")[t - 1] + slack);
      EXPECT_LE(run.metric("collision_probability")[t],
                run.metric("collision_probability")[t - 1] * (1 + slack));
    }
  }
}

/// Central differences of the entropy, step chosen so that truncation and rounding are both near 1e-9.
TEST(Temperature, SlopesAreDerivatives) {
  const auto logits = normal_logits(2000, 3, 12);
  for (const double at : {0.2, 0.5, 1.0, 2.0, 8.0}) {
    const double h = at * 1e-4;
    const BackendRun run = run_backend(want_metrics(), logits, {at - h, at, at + h});
    const auto difference = [&](const auto& value) { return (value(2U) - value(0U)) / (2 * h); };
    const double entropy = difference([&](std::size_t t) { return run.metric("entropy")[t]; });
    const double log_top =
        difference([&](std::size_t t) { return std::log(run.metric("top_probability")[t]); });
    EXPECT_NEAR(entropy / run.metric("entropy_slope")[1], 1, 1e-6) << at;
    EXPECT_NEAR(log_top / run.metric("top_probability_log_slope")[1], 1, 1e-6) << at;
    const double beta_slope =
        (run.metric("log_partition")[2] - run.metric("log_partition")[0]) / (1 / (at + h) - 1 / (at - h));
    EXPECT_NEAR(beta_slope, run.metric("mean_logit")[1], 1e-6 * std::abs(beta_slope)) << at;
  }
}

void expect_limit(const BackendRun& run, std::size_t t, double ties, double maximum) {
  EXPECT_DOUBLE_EQ(run.metric("entropy")[t], std::log(ties) / ln_2);
  EXPECT_NEAR(run.metric("entropy")[t], std::log2(ties), 4e-15);
  EXPECT_NEAR(run.metric("perplexity")[t], ties, 4e-15 * ties);
  EXPECT_EQ(run.metric("top_probability")[t], 1 / ties);
  EXPECT_EQ(run.metric("collision_probability")[t], ties / ties / ties);
  EXPECT_EQ(run.metric("mean_logit")[t], maximum);
  for (const char* name : {"logit_variance", "heat_capacity", "entropy_slope", "top_probability_log_slope"}) {
    EXPECT_EQ(run.metric(name)[t], 0) << name;
  }
}

TEST(Temperature, ZeroIsTheLimit) {
  // 1/T is infinite for the second and third: they are the limit, too.
  const std::vector<double> zeros = {0.0, 5e-324, 1e-310};
  Wanted wanted = want_metrics();
  wanted.probabilities = ProbabilityFormat::f32;
  wanted.renyi_orders = {0, 0.5, 1, 2, HUGE_VAL};
  for (const double shift : {0.0, 5.0, -9.0}) {
    const std::vector<double> logits = {-1 + shift, shift, -HUGE_VAL, shift, -2 + shift};
    const BackendRun run = run_backend(wanted, logits, zeros);
    for (std::size_t t = 0; t < zeros.size(); ++t) {
      expect_limit(run, t, 2, shift);
      const double expected = shift == 0 ? std::log(2.0) : std::copysign(HUGE_VAL, shift);
      EXPECT_DOUBLE_EQ(run.metric("log_partition")[t], expected);
      EXPECT_TRUE(
          same_bits(std::vector<float>(run.probability.begin() + static_cast<std::ptrdiff_t>(5 * t),
                                       run.probability.begin() + static_cast<std::ptrdiff_t>(5 * t + 5)),
                    {0.0F, 0.5F, 0.0F, 0.5F, 0.0F}));
      for (std::size_t k = 0; k < 5; ++k) {
        EXPECT_NEAR(run.renyi[5 * t + k], 1, 4e-15) << "order " << wanted.renyi_orders[k];
      }
    }
  }
}

TEST(Temperature, MinusZeroIsZero) {
  const std::vector<double> logits = {1, 2, 3};
  EXPECT_TRUE(
      same_bits(run_backend(want_metrics(), logits, {-0.0}), run_backend(want_metrics(), logits, {0.0})));
}

TEST(Temperature, InfinityIsUniformOverTheUnmasked) {
  Wanted wanted = want_metrics();
  wanted.probabilities = ProbabilityFormat::f32;
  const std::vector<double> logits = {3, -HUGE_VAL, 1, 3, -4, 0.5};
  const BackendRun run = run_backend(wanted, logits, {HUGE_VAL});
  EXPECT_NEAR(run.metric("entropy")[0], std::log2(5.0), 4e-15);
  EXPECT_NEAR(run.metric("perplexity")[0], 5, 1e-14);
  EXPECT_EQ(run.metric("top_probability")[0], 1.0 / 5);
  EXPECT_DOUBLE_EQ(run.metric("collision_probability")[0], 1.0 / 5);
  EXPECT_NEAR(run.metric("mean_logit")[0], 3.5 / 5, 4e-15);
  EXPECT_NEAR(run.metric("logit_variance")[0], (9 + 1 + 9 + 16 + 0.25) / 5 - 0.49, 1e-14);
  EXPECT_NEAR(run.metric("log_partition")[0], std::log(5.0), 4e-15);
  for (const char* name : {"heat_capacity", "entropy_slope", "top_probability_log_slope"}) {
    EXPECT_EQ(run.metric(name)[0], 0) << name;
  }
  EXPECT_TRUE(same_bits(run.probability, {0.2F, 0.0F, 0.2F, 0.2F, 0.2F, 0.2F}));
}

TEST(Temperature, TinyAndHugeOnesAreFinite) {
  const auto logits = normal_logits(700, 3, 15);
  const std::vector<double> ends = {6e-309, 1e-300, 1e-200, 1e-30, 1e30, 1e200, 1e300};
  const BackendRun run = run_backend(want_metrics(), logits, ends);
  for (std::size_t t = 0; t < ends.size(); ++t) {
    for (const auto& values : run.metrics) {
      if (&values != &run.metric("cross_entropy")) {
        EXPECT_FALSE(std::isnan(values[t])) << ends[t];
      }
    }
    const bool cold = ends[t] < 1;
    EXPECT_NEAR(run.metric("entropy")[t], cold ? 0 : std::log2(700.0), 1e-13);
    EXPECT_EQ(run.metric("logit_variance")[t] > 1, !cold);
  }
}

TEST(Temperature, HugeOnesAgreeWithQuad) {
  const auto logits = normal_logits(700, 3, 16);
  for (const double temperature : {1e3, 1e8, 1e30, 1e100}) {
    const QuadLaw law(logits, temperature);
    const BackendRun run = run_backend(want_metrics(), logits, {temperature});
    EXPECT_NEAR(run.metric("heat_capacity")[0] / law.heat_capacity(), 1, 1e-12);
    EXPECT_NEAR(run.metric("entropy_slope")[0] / law.entropy_slope(), 1, 1e-12);
    EXPECT_NEAR(run.metric("top_probability_log_slope")[0] / law.top_log_slope(), 1, 1e-12);
  }
}

}  // namespace
}  // namespace tempsweep::testing
