// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include "tempsweep/backend.hpp"
#include "tempsweep/core/vocabulary.hpp"
#include "tempsweep/sink.hpp"

namespace tempsweep {

enum class OnBadRow : std::uint8_t {
  stop,  ///< the first row that is no law ends the run
  skip,  ///< it becomes NaN with a reason in `row_status`, and the sweep goes on
};

/// A sweep, every option settled: what is computed, on what, with which means.
struct SweepPlan {
  std::vector<std::int64_t> vocabulary_sizes;  ///< strictly increasing
  VocabularyBy vocabulary_by = VocabularyBy::prefix;
  std::int64_t first_row = 0;  ///< of the whole concatenated input
  std::int64_t rows = 0;
  std::vector<double> temperatures;  ///< strictly increasing, may hold 0 and +inf

  std::vector<MetricId> metrics;
  std::vector<double> renyi_orders;
  OrderingAxes ordering;
  std::vector<std::int64_t> labels;  ///< one a row of the whole input, or empty
  ProbabilityFormat probabilities = ProbabilityFormat::none;
  std::uint64_t samples = 0;
  std::uint64_t seed = 0;
  Sampler sampler = Sampler::alias;
  Truncation truncation;
  double alpha = 1e-3;  ///< level of the verdict on the draws
  bool store_counts = false;
  std::vector<std::string> token_names;  ///< or empty

  OnBadRow on_bad_row = OnBadRow::stop;
  Method method = Method::automatic;
  double tolerance = 1e-12;
  int threads = 1;
  std::vector<int> devices = {0};  ///< of the backend, where it has several; each once
  std::uint64_t memory = 0;        ///< bytes that the whole process may hold
  /// Provenance beyond the fields above: title, command line, the plan as JSON, …
  Attributes provenance;
};

/// Points of the grid: vocabulary sizes × rows × temperatures; 2⁶³ − 1 when they are more.
[[nodiscard]] inline std::int64_t grid_points(const SweepPlan& plan) {
  std::int64_t points = plan.rows;
  const bool overflow = __builtin_mul_overflow(points, std::ssize(plan.vocabulary_sizes), &points) ||
                        __builtin_mul_overflow(points, std::ssize(plan.temperatures), &points);
  return overflow ? std::numeric_limits<std::int64_t>::max() : points;
}

}  // namespace tempsweep
