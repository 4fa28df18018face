// SPDX-License-Identifier: Apache-2.0
#include "support/oracle.hpp"

#include "support/backend_run.hpp"

namespace tempsweep::testing {
namespace {

TEST(CpuOracle, MetricsAndProbabilities) {
  Comparison comparison;
  for (const OracleCase& one : read_oracle()) {
    Wanted wanted = want_metrics();
    wanted.probabilities = ProbabilityFormat::f32;
    const BackendRun run = run_backend(wanted, one.logits, one.temperatures());
    compare_with_oracle(
        one, [&](const char* name, std::size_t t) { return run.metric(name)[t]; }, comparison);
    compare_probabilities(one, run.probability, comparison);
  }
  comparison.report("backend");
}

TEST(CpuOracle, PerplexityIsTwoToTheEntropy) {
  for (const OracleCase& one : read_oracle()) {
    const BackendRun run = run_backend(want_metrics(), one.logits, one.temperatures());
    for (std::size_t t = 0; t < one.points.size(); ++t) {
      EXPECT_NEAR(run.metric("perplexity")[t] / std::exp2(run.metric("entropy")[t]), 1, 1e-14) << one.name;
    }
  }
}

TEST(CpuOracle, StatedErrorBoundsHold) {
  for (const OracleCase& one : read_oracle()) {
    const BackendRun run = run_backend(want_metrics(), one.logits, one.temperatures());
    for (std::size_t t = 0; t < one.points.size(); ++t) {
      const double bits = one.points[t].value.at("entropy_bits");
      // The bound is on the computation: the reference itself is rounded to double, and so is the result.
      const double rounding = 4 * DBL_EPSILON * bits;
      EXPECT_LE(std::abs(run.metric("entropy")[t] - bits) * ln_2, run.bounds[0].entropy + rounding)
          << one.name;
      EXPECT_LT(run.bounds[0].entropy, 1e-12) << one.name;
    }
  }
}

}  // namespace
}  // namespace tempsweep::testing
