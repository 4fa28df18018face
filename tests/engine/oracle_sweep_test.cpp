// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>

#include "engine/sweep_support.hpp"
#include "source/files.hpp"
#include "support/oracle.hpp"

/// The oracle through the whole engine, from memory and from real files of either width.
namespace tempsweep::testing {
namespace {

void sweep_oracle_case(const OracleCase& one, Source& source, Comparison& comparison) {
  SweepPlan plan = plan_for(source, one.temperatures());
  plan.probabilities = ProbabilityFormat::f32;
  const Sweep result = sweep(plan, source);
  ASSERT_TRUE(result.sink.complete());
  compare_with_oracle(
      one, [&](const char* name, std::size_t t) { return result.sink.get<double>(name)[t]; }, comparison);
  compare_probabilities(one, result.sink.get<float>("probability"), comparison);
  const auto bounds = result.sink.get<double>("entropy_error_bound");
  EXPECT_GT(bounds[0], 0);
  EXPECT_LT(bounds[0], 1e-12);
}

TEST(OracleSweep, FromMemory) {
  Comparison comparison;
  for (const OracleCase& one : read_oracle()) {
    VectorSource source(one.logits, 1);
    sweep_oracle_case(one, source, comparison);
  }
  comparison.report("memory");
}

class OracleSweepFromFile : public FileTest {
 protected:
  template <class Element>
  void sweep_all(const char* descr, const char* title) {
    Comparison comparison;
    for (const OracleCase& one : read_oracle()) {
      const std::vector<Element> elements(one.logits.begin(), one.logits.end());
      const auto shape = fmt::format("(1, {})", elements.size());
      const auto file = write(one.name + ".npy", npy_bytes(npy_dictionary(descr, shape), raw(elements)));
      sweep_oracle_case(one, *open_source(file), comparison);
    }
    comparison.report(title);
  }
};

TEST_F(OracleSweepFromFile, Float32) {
  sweep_all<float>("<f4", "npy_f32");
}
TEST_F(OracleSweepFromFile, Float64) {
  sweep_all<double>("<f8", "npy_f64");
}

}  // namespace
}  // namespace tempsweep::testing
