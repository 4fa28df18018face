// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tempsweep/core/method_choice.hpp"

namespace tempsweep::cpu {

/// Nanoseconds of one thread, measured with bench_methods and bench_direct (docs/benchmarks): of rows of so
/// many tokens, by the direct path that most points take at this tolerance (sum_paths.hpp).
[[nodiscard]] inline MethodCosts method_costs(double tolerance, std::int64_t vocabulary_size) {
  constexpr std::int64_t long_row = 16384;  // from here on parts of leaves
  MethodCosts costs{};
  costs.direct_token = tolerance >= 2e-6 ? 0.22 : tolerance >= 4e-7 ? 0.37 : tolerance >= 3e-10 ? 0.48 : 0.6;
  costs.direct_point = 70;
  costs.insert_token = vocabulary_size < long_row ? 4.0 : 1.8;
  costs.ladder_level = 2500;
  costs.ladder_point = 310;
  costs.ladder_points = 8;
  costs.octave = 1300;
  costs.series_point = 12;
  return costs;
}

}  // namespace tempsweep::cpu
