// SPDX-License-Identifier: Apache-2.0
#include <cfloat>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "tempsweep/math/log16.hpp"

#include "support/backend_run.hpp"
#include "support/quad_law.hpp"

namespace tempsweep::testing {
namespace {

const std::vector<double> wide_range = {0.0,  1e-300, 1e-20, 0.01,  1.0,     40.0,
                                        1e29, 1e30,   1e31,  1e300, HUGE_VAL};

/// A folded offset β·m once gave p = 1.0013 here (FlashInfer, PR #5088).
TEST(Extremes, TheTopOfAColdLawIsOne) {
  Wanted wanted = want_metrics();
  wanted.probabilities = ProbabilityFormat::f32;
  for (const double lead : {42.0, 42.123456789, 1e6 + 0.1, 1e9 + 0.3}) {
    const BackendRun run = run_backend(wanted, {lead, -20}, {0.001});
    EXPECT_EQ(run.probability[0], 1.0F);
    EXPECT_EQ(run.probability[1], 0.0F);
    EXPECT_NEAR(run.metric("top_probability")[0], 1, DBL_EPSILON / 2);
    EXPECT_EQ(run.metric("mean_logit")[0], lead);
    EXPECT_DOUBLE_EQ(run.metric("log_partition")[0], lead * 1000);
  }
}

TEST(Extremes, OneToken) {
  Wanted wanted = want_metrics();
  wanted.probabilities = ProbabilityFormat::f32;
  wanted.renyi_orders = {0, 0.5, 1, 2, HUGE_VAL};
  for (const double logit : {0.0, -3.5, 1e30, -1e30, 1e-300}) {
    const BackendRun run = run_backend(wanted, {logit}, wide_range);
    for (std::size_t t = 0; t < wide_range.size(); ++t) {
      for (const char* name :
           {"entropy", "logit_variance", "heat_capacity", "entropy_slope", "kl_from_unit_temperature"}) {
        EXPECT_EQ(run.metric(name)[t], 0) << name;
      }
      EXPECT_EQ(run.metric("perplexity")[t], 1);
      EXPECT_EQ(run.metric("top_probability")[t], 1);
      EXPECT_EQ(run.metric("collision_probability")[t], 1);
      EXPECT_EQ(run.metric("mean_logit")[t], logit);
      EXPECT_EQ(run.probability[t], 1.0F);
    }
    for (const double entropy : run.renyi) {
      EXPECT_EQ(entropy, 0);
    }
  }
}

TEST(Extremes, AllEqual) {
  for (const std::size_t count : {2U, 7U, 512U, 1000U}) {
    Wanted wanted = want_metrics();
    wanted.probabilities = ProbabilityFormat::f32;
    const BackendRun run = run_backend(wanted, std::vector<double>(count, -1e30), wide_range);
    const auto n = static_cast<double>(count);
    for (std::size_t t = 0; t < wide_range.size(); ++t) {
      EXPECT_NEAR(run.metric("entropy")[t], std::log2(n), 1e-14);
      EXPECT_EQ(run.metric("top_probability")[t], 1 / n);
      EXPECT_EQ(run.metric("logit_variance")[t], 0);
      EXPECT_EQ(run.metric("mean_logit")[t], -1e30);
      EXPECT_EQ(run.probability[t * count + count - 1], static_cast<float>(1 / n));
    }
    EXPECT_EQ(run.scans[0].ties, std::ssize(std::vector<double>(count)));
    EXPECT_EQ(run.scans[0].top_token, 0);
  }
}

/// The scale of the logits cancels against the temperature: 1e30 is no different from 1.
TEST(Extremes, HugeLogits) {
  const std::vector<double> unit = {0.5, -1, 0.25, 1, 1, -0.75, 0.9375};
  for (const double scale : {1e30, 1e-30, 1e100}) {
    std::vector<double> logits = unit;
    for (double& logit : logits) {
      logit *= scale;
    }
    for (const double temperature : {0.02, 0.3, 1.0, 10.0}) {
      const BackendRun run = run_backend(want_metrics(), logits, {temperature * scale});
      const QuadLaw law(logits, temperature * scale);
      EXPECT_NEAR(run.metric("entropy")[0] / law.entropy_bits(), 1, 1e-12);
      EXPECT_NEAR(run.metric("logit_variance")[0] / law.variance(), 1, 1e-12);
      EXPECT_NEAR(run.metric("heat_capacity")[0] / law.heat_capacity(), 1, 1e-12);
      EXPECT_NEAR(run.metric("mean_logit")[0], law.mean(), run.bounds[0].entropy * scale);
    }
  }
}

TEST(Extremes, NothingIsNanOverTheWholeRange) {
  Wanted wanted = want_metrics();
  wanted.probabilities = ProbabilityFormat::f32;
  wanted.renyi_orders = {0, 0.5, 1, 2, 50, HUGE_VAL};
  const std::vector<std::vector<double>> rows = {{1e30, -1e30, 0, 5},      {1e30, 1e30, -1e30},
                                                 {0, -1e-300, -5e-324},    {5e-324, 0, -HUGE_VAL},
                                                 {3, 3, 3 - 4e-16, -1e30}, {-1e30, -1e30, -1.0001e30},
                                                 {1e30, 9.9e29, 9.8e29},   {100, -HUGE_VAL, 100, 99}};
  for (const auto& logits : rows) {
    RunSetup setup;
    setup.labels = {1};
    const BackendRun run = run_backend(wanted, logits, wide_range, setup);
    for (std::size_t m = 0; m < run.metrics.size(); ++m) {
      for (std::size_t t = 0; t < wide_range.size(); ++t) {
        EXPECT_FALSE(std::isnan(run.metrics[m][t]))
            << metric_table[m].name << " at " << wide_range[t] << ' ' << logits[0];
      }
    }
    for (const double entropy : run.renyi) {
      EXPECT_TRUE(entropy >= -1e-12 && entropy <= 2.0000001) << entropy;
    }
    for (const float p : run.probability) {
      EXPECT_TRUE(p >= 0.0F && p <= 1.0F);
    }
  }
}

TEST(Extremes, DuplicatesAtTheTopShare) {
  std::vector<double> logits = normal_logits(900, 1, 20);
  for (const std::size_t place : {5U, 100U, 899U}) {
    logits[place] = 9;
  }
  const BackendRun run = run_backend(want_metrics(), logits, {0.05, 0.5});
  EXPECT_EQ(run.scans[0].ties, 3);
  EXPECT_EQ(run.scans[0].top_token, 5);
  for (std::size_t t = 0; t < 2; ++t) {
    const QuadLaw law(logits, t == 0 ? 0.05 : 0.5);
    EXPECT_NEAR(run.metric("top_probability")[t], law.top_probability(), 1e-16);
    EXPECT_NEAR(run.metric("heat_capacity")[t] / law.heat_capacity(), 1, 1e-11);
  }
}

TEST(Extremes, Log16CodesFollowTheProbabilities) {
  const std::vector<double> logits = {2, 1, -HUGE_VAL, -70, -30, 2};
  Wanted wanted;
  wanted.probabilities = ProbabilityFormat::log16;
  RunSetup setup;
  setup.vocabulary = 5;
  for (const double temperature : {0.5, 1.0, 3.0}) {
    const BackendRun run = run_backend(wanted, logits, {temperature}, setup);
    const QuadLaw law({logits.begin(), logits.begin() + 5}, temperature);
    for (std::size_t i = 0; i < 5; ++i) {
      const double surprisal = -static_cast<double>(logq(law.probability(i)));
      if (surprisal > 63.9) {
        EXPECT_GE(run.log_probability[i], 65430);
      } else {
        EXPECT_NEAR(run.log_probability[i] / 1024.0, surprisal, 0.5001 / 1024);
      }
    }
    EXPECT_EQ(run.log_probability[2], log16_floor);
    EXPECT_EQ(run.log_probability[5], log16_fill);
  }
  const BackendRun cold = run_backend(wanted, logits, {0.0}, setup);
  EXPECT_EQ(cold.log_probability, (std::vector<std::uint16_t>{0, 65534, 65534, 65534, 65534, 65535}));
}

TEST(Extremes, BadRowsAreNan) {
  Wanted wanted = want_metrics();
  wanted.probabilities = ProbabilityFormat::f32;
  wanted.renyi_orders = {2};
  wanted.samples = 10;
  const std::vector<double> logits = {1,         std::nan(""), 0,         1, 2, HUGE_VAL,
                                      -HUGE_VAL, -HUGE_VAL,    -HUGE_VAL, 4, 5, 6};
  const BackendRun run = run_backend(wanted, logits, {0.5, 1.0}, {4});
  const RowStatus expected[] = {RowStatus::not_a_number, RowStatus::positive_infinity, RowStatus::all_masked,
                                RowStatus::ok};
  for (std::size_t r = 0; r < 4; ++r) {
    EXPECT_EQ(run.scans[r].status, expected[r]);
    EXPECT_EQ(std::isnan(run.metric("entropy")[2 * r]), r < 3);
    EXPECT_EQ(std::isnan(run.renyi[2 * r + 1]), r < 3);
    EXPECT_EQ(std::isnan(run.probability[6 * r + 4]), r < 3);
    EXPECT_EQ(run.count[6 * r] + run.count[6 * r + 1] + run.count[6 * r + 2], r < 3 ? 0U : 10U);
  }
  EXPECT_EQ(run.scans[0].bad_column, 1);
  EXPECT_EQ(run.scans[1].bad_column, 2);
  EXPECT_EQ(run.scans[2].bad_column, -1);
}

}  // namespace
}  // namespace tempsweep::testing
