// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tempsweep/core/errors.hpp"

#include "engine/sweep_support.hpp"
#include "support/backend_run.hpp"

/// Runs that ask for everything and are over in no time, however they end.
namespace tempsweep::testing::small {

inline constexpr std::int64_t rows = 6;
inline constexpr std::size_t width = 40;

inline VectorSource make_source() {
  return {normal_logits(rows * width, 3, 70), rows};
}

inline SweepPlan small_plan(const Source& source, std::vector<int> devices) {
  SweepPlan plan = plan_for(source, {0.0, 0.4, HUGE_VAL});
  plan.vocabulary_sizes = {7, static_cast<std::int64_t>(width)};
  plan.probabilities = ProbabilityFormat::f32;
  plan.samples = 100;
  plan.store_counts = true;
  plan.method = Method::direct;
  plan.devices = std::move(devices);
  return plan;
}

/// A run and its end.
struct Result {
  Result(const PreparedSweep& prepared, Source& source, const BackendEntry& entry) : sink(prepared.schema) {
    try {
      summary = run_sweep(prepared, source, entry, sink,
                          {{}, {}, [&](const std::string& why) { lost.push_back(why); }});
    } catch (const Error& thrown) {
      status = thrown.status();
      error = thrown.what();
    }
  }
  MemorySink sink;
  SweepSummary summary;
  std::vector<std::string> lost;
  ExitStatus status = ExitStatus::done;
  std::string error;
};

}  // namespace tempsweep::testing::small
