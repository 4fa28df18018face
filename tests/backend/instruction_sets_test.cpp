// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "backend/cpu/kernels.hpp"
#include "support/backend_run.hpp"

/// The same bits on every instruction set that has a fused multiply-add, by every path.
namespace tempsweep::testing {
namespace {

/// Those with one; the others emulate it with two roundings.
std::vector<std::string> fused_sets() {
  std::vector<std::string> sets = cpu::instruction_sets();
  std::erase_if(sets,
                [](const std::string& name) { return name.starts_with("S") || name.starts_with("EMU"); });
  return sets;
}

/// Back to the best one, whatever happens.
struct BestAgain {
  BestAgain() = default;
  BestAgain(const BestAgain&) = delete;
  BestAgain& operator=(const BestAgain&) = delete;
  ~BestAgain() { cpu::use_instruction_set({}); }
};

Wanted want_everything(double tolerance) {
  Wanted wanted = want_metrics();
  std::erase(wanted.metrics, metric_id("kl_from_unit_temperature"));  // it would forbid the cheaper paths
  wanted.probabilities = ProbabilityFormat::f32;
  wanted.samples = 100;
  wanted.tolerance = tolerance;
  return wanted;
}

const std::vector<double> temperatures = {0.0, 1e-7, 0.01, 0.1, 0.3, 0.7,     1.0,
                                          1.3, 2.0,  9.0,  1e3, 1e9, HUGE_VAL};

/// Rows whose lengths are no multiple of anything; one of them is far and narrow, so that it is summed twice.
std::vector<std::vector<double>> rows() {
  std::vector<std::vector<double>> all = {normal_logits(7, 3, 1), normal_logits(5003, 3, 2),
                                          normal_logits(2049, 40, 3), normal_logits(3000, 1e-7, 4)};
  all.back()[0] = 1000;
  all.back()[1] = 500;
  all[1][17] = -HUGE_VAL;
  return all;
}

class InstructionSets : public ::testing::TestWithParam<double> {};

TEST_P(InstructionSets, GiveTheSameBits) {
  const BestAgain best_again;
  const std::vector<std::string> sets = fused_sets();
  if (sets.size() < 2) {
    GTEST_SKIP() << "this machine has one of them";
  }
  for (const auto& logits : rows()) {
    ASSERT_TRUE(cpu::use_instruction_set(sets[0]));
    EXPECT_EQ(cpu::instruction_set(), sets[0]);
    const BackendRun reference = run_backend(want_everything(GetParam()), logits, temperatures);
    for (const std::string& set : sets) {
      ASSERT_TRUE(cpu::use_instruction_set(set));
      EXPECT_EQ(cpu::instruction_set(), set);
      EXPECT_TRUE(same_bits(run_backend(want_everything(GetParam()), logits, temperatures), reference))
          << set;
    }
  }
}

TEST_P(InstructionSets, WithoutAFusedMultiplyAddComeClose) {
  const BestAgain best_again;
  const auto logits = rows()[1];
  const BackendRun reference = run_backend(want_everything(1e-12), logits, temperatures);
  for (const std::string& set : cpu::instruction_sets()) {
    ASSERT_TRUE(cpu::use_instruction_set(set));
    const BackendRun run = run_backend(want_everything(GetParam()), logits, temperatures);
    for (std::size_t t = 0; t < temperatures.size(); ++t) {
      EXPECT_NEAR(run.metric("entropy")[t], reference.metric("entropy")[t], 1e-11 + GetParam() / ln_2) << set;
    }
  }
}

// Unlike the sums, draws have the same bits without a fused multiply-add, too.
TEST(InstructionSets, DrawTheSameMultinomialCounts) {
  const BestAgain best_again;
  Wanted wanted;
  wanted.samples = 100000;
  wanted.sampler = Sampler::multinomial;
  for (const auto& logits : rows()) {
    const BackendRun reference = run_backend(wanted, logits, temperatures);
    for (const std::string& set : cpu::instruction_sets()) {
      ASSERT_TRUE(cpu::use_instruction_set(set));
      EXPECT_EQ(run_backend(wanted, logits, temperatures).count, reference.count) << set;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(AtTolerance, InstructionSets, ::testing::Values(1e-12, 1e-8, 1e-6, 1e-5));

TEST(InstructionSets, AreKnownByName) {
  const BestAgain best_again;
  const std::string best = cpu::instruction_set();
  EXPECT_EQ(cpu::instruction_sets().front(), best);
  EXPECT_FALSE(cpu::use_instruction_set("abacus"));
  EXPECT_EQ(cpu::instruction_set(), best);
}

}  // namespace
}  // namespace tempsweep::testing
