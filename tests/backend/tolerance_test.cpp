// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "support/backend_run.hpp"
#include "support/quad_law.hpp"

/// What --tolerance promises, at its loosest and in between; a backend may be more exact.
namespace tempsweep::testing {
namespace {

const std::vector<double> temperatures = {1e-3, 0.05, 0.2, 0.5, 0.8, 1.0, 1.7, 4.0, 20.0, 1e3, 1e6};

Wanted want_sums(double tolerance) {
  Wanted wanted;
  for (const char* name : {"entropy", "log_partition", "perplexity", "top_probability", "mean_logit",
                           "logit_variance", "heat_capacity", "entropy_slope"}) {
    wanted.metrics.push_back(metric_id(name));
  }
  wanted.tolerance = tolerance;
  return wanted;
}

void expect_relative(double value, double reference, double allowed, const char* what) {
  EXPECT_LE(std::abs(value - reference), allowed * std::abs(reference))
      << what << ' ' << value << ' ' << reference;
}

class Tolerance : public ::testing::TestWithParam<double> {};

TEST_P(Tolerance, IsKept) {
  const double tolerance = GetParam();
  for (const double deviation : {0.5, 3.0, 9.0}) {
    auto logits = normal_logits(3000, deviation, 5);
    logits[7] = logits[11] = 4 * deviation;  // two on top
    const BackendRun run = run_backend(want_sums(tolerance), logits, temperatures);
    EXPECT_LE(run.bounds[0].entropy, tolerance);
    for (std::size_t t = 0; t < temperatures.size(); ++t) {
      SCOPED_TRACE("deviation " + std::to_string(deviation) + " T " + std::to_string(temperatures[t]));
      const QuadLaw law(logits, temperatures[t]);
      EXPECT_NEAR(run.metric("entropy")[t], law.entropy_bits(), 1.01 * tolerance / ln_2);
      EXPECT_NEAR(run.metric("log_partition")[t], law.log_partition(),
                  tolerance + 1e-12 * std::abs(law.log_partition()));
      expect_relative(run.metric("perplexity")[t], law.perplexity(), 2 * tolerance, "perplexity");
      expect_relative(run.metric("top_probability")[t], law.top_probability(), 2 * tolerance, "top");
      expect_relative(run.metric("logit_variance")[t], law.variance(), 10 * tolerance, "variance");
      expect_relative(run.metric("heat_capacity")[t], law.heat_capacity(), 10 * tolerance, "heat capacity");
      expect_relative(run.metric("entropy_slope")[t], law.entropy_slope(), 10 * tolerance, "slope");
    }
  }
}

INSTANTIATE_TEST_SUITE_P(From, Tolerance, ::testing::Values(1e-12, 1e-9, 1e-7, 6e-7, 2e-6, 1e-5));

}  // namespace
}  // namespace tempsweep::testing
