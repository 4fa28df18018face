// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/backend_run.hpp"
#include "support/oracle.hpp"
#include "support/quad_law.hpp"

/// Laws on which the plain formulas lose every digit, against 113 bits.
namespace tempsweep::testing {
namespace {

struct HardLaw {
  const char* name;
  std::vector<double> logits;
  std::vector<double> temperatures;
};

std::vector<double> with_bulk(std::vector<double> head, std::size_t count, double level, double deviation,
                              unsigned seed) {
  const auto bulk = normal_logits(count, 1, seed);
  for (const double logit : bulk) {
    head.push_back(level + deviation * logit);
  }
  return head;
}

std::vector<HardLaw> hard_laws() {
  const std::vector<double> middle = {0.02, 0.1, 0.5, 1.0, 2.0, 7.0, 100.0, 1e4, 1e8};
  return {
      {"tie, near-tie, far bulk", with_bulk({0, 0, -1e-9}, 128000, -60, 0.5, 1), middle},
      {"near-tie of one ulp, far bulk", with_bulk({1, 1 - 0x1p-53}, 20000, -44, 0.01, 2), middle},
      {"narrow far cluster", with_bulk({5}, 4000, -1000, 1e-9, 3), {20, 100, 1e3, 1e5, 1e9}},
      {"narrow cluster below a second", with_bulk({5, 4.5}, 4000, -1000, 1e-7, 4), {50, 150, 1e3, 1e5, 1e9}},
      {"two narrow clusters",
       with_bulk(with_bulk({3}, 600, -50, 1e-8, 5), 600, -50.000001, 1e-10, 6),
       {3, 10, 1e3, 1e7}},
      {"one far token", {0, -1e6}, {1e5, 1e6, 1e9}},
      {"spread 1e-9", with_bulk({}, 5000, 1e3, 1e-9, 7), {1e-10, 1e-9, 1e-8, 1e-3, 1, 1e6}},
      {"wide uniform", with_bulk({}, 5000, 0, 4000, 8), {1, 30, 500, 1e4}},
  };
}

/// Below the normal numbers relative accuracy has no meaning.
void check(Comparison& comparison, const std::string& what, double value, double reference, double relative,
           const std::string& where) {
  comparison.check(what, value, reference, 0, relative, where);
}

TEST(Conditioning, HardLawsAgreeWithQuad) {
  Comparison comparison;
  for (const HardLaw& hard : hard_laws()) {
    const BackendRun run = run_backend(want_metrics(), hard.logits, hard.temperatures);
    for (std::size_t t = 0; t < hard.temperatures.size(); ++t) {
      const QuadLaw law(hard.logits, hard.temperatures[t]);
      const std::string where = std::string(hard.name) + " T = " + std::to_string(hard.temperatures[t]);
      check(comparison, "entropy", run.metric("entropy")[t], law.entropy_bits(), 1e-11, where);
      check(comparison, "logit_variance", run.metric("logit_variance")[t], law.variance(), 1e-11, where);
      check(comparison, "heat_capacity", run.metric("heat_capacity")[t], law.heat_capacity(), 1e-11, where);
      check(comparison, "entropy_slope", run.metric("entropy_slope")[t], law.entropy_slope(), 1e-11, where);
      check(comparison, "collision", run.metric("collision_probability")[t], law.collision(), 1e-11, where);
      comparison.check("log_partition", run.metric("log_partition")[t], law.log_partition(), 1e-12, 1e-12,
                       where);
      comparison.check("mean_logit", run.metric("mean_logit")[t], law.mean(), 1e-12, 1e-12, where);
    }
  }
  comparison.report("hard_laws");
}

TEST(Conditioning, RandomLawsFromColdToHot) {
  Comparison comparison;
  std::mt19937_64 engine(40);
  std::uniform_real_distribution<double> exponent(-8, 6);
  for (unsigned trial = 0; trial < 60; ++trial) {
    const auto logits = normal_logits(2 + trial * 17, std::exp2(exponent(engine)), trial);
    const double temperature = std::exp2(exponent(engine));
    const BackendRun run = run_backend(want_metrics(), logits, {temperature});
    const QuadLaw law(logits, temperature);
    const std::string where = "trial " + std::to_string(trial);
    check(comparison, "entropy", run.metric("entropy")[0], law.entropy_bits(), 1e-12, where);
    check(comparison, "perplexity", run.metric("perplexity")[0], law.perplexity(), 1e-12, where);
    check(comparison, "logit_variance", run.metric("logit_variance")[0], law.variance(), 1e-12, where);
    check(comparison, "top_probability", run.metric("top_probability")[0], law.top_probability(), 1e-13,
          where);
    check(comparison, "collision", run.metric("collision_probability")[0], law.collision(), 1e-13, where);
    check(comparison, "log_slope", -run.metric("top_probability_log_slope")[0], -law.top_log_slope(), 1e-12,
          where);
    EXPECT_LE(std::abs(run.metric("entropy")[0] - law.entropy_bits()) * ln_2, run.bounds[0].entropy) << where;
  }
  comparison.report("random_laws");
}

}  // namespace
}  // namespace tempsweep::testing
