// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tempsweep/engine.hpp"

#include "support/memory_sink.hpp"
#include "support/vector_source.hpp"

namespace tempsweep::testing {

constexpr std::uint64_t plenty = std::uint64_t{4} << 30;

/// A plan over a whole source: every metric that needs no labels.
inline SweepPlan plan_for(const Source& source, std::vector<double> temperatures) {
  SweepPlan plan;
  plan.vocabulary_sizes = {source.width()};
  plan.rows = source.rows();
  plan.temperatures = std::move(temperatures);
  for (MetricId id = 0; id < metric_table.size(); ++id) {
    if (metric_table[id].needs != MetricNeeds::labels) {
      plan.metrics.push_back(id);
    }
  }
  plan.memory = plenty;
  return plan;
}

/// A finished run. Neither copied nor moved, like its sink.
struct Sweep {
  Sweep(const PreparedSweep& prepared, Source& source, const char* backend = "cpu")
      : sink(prepared.schema), summary(run_sweep(prepared, source, choose_backend(backend), sink, {})) {}
  Sweep(const SweepPlan& plan, Source& source, const char* backend)
      : Sweep(prepare_sweep(plan, source, choose_backend(backend)), source, backend) {}
  MemorySink sink;
  SweepSummary summary;
};

inline Sweep sweep(const PreparedSweep& prepared, Source& source) {
  return {prepared, source};
}

inline Sweep sweep(const SweepPlan& plan, Source& source) {
  return sweep(prepare_sweep(plan, source, choose_backend("cpu")), source);
}

/// Names of the arrays that differ in a bit.
inline std::vector<std::string> differing(const MemorySink& a, const MemorySink& b) {
  std::vector<std::string> names;
  for (const auto& name : a.names()) {
    if (!b.has(name) || a.bytes(name) != b.bytes(name)) {
      names.push_back(name);
    }
  }
  return names;
}

}  // namespace tempsweep::testing
