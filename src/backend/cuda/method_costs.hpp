// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tempsweep/core/method_choice.hpp"

namespace tempsweep::cuda {

/// Whether float sums are those of DirectF32Mixed: by operation counts 1.13 times as fast. Not measured on a
/// card yet; bench_cuda times both.
inline constexpr bool mixed_float_sums = false;

/// Picoseconds of a whole H100, busy. Not measured on a card yet: these follow from operation counts in the
/// machine code (docs/gpu-status.md) and the data sheet's rates, 14.8e12 FP64 operations, 3.7e12 ex2 and 3e12
/// bytes a second.
/// \param in_float  whether direct sums would first be tried in float
[[nodiscard]] inline MethodCosts method_costs(bool in_float) {
  MethodCosts costs{};
  costs.direct_token = in_float ? 0.3 : 1.15;  // one ex2, or 17 operations
  costs.direct_point = 0;
  costs.insert_token = 3;     // 8 bytes read, 25 operations
  costs.ladder_level = 6000;  // 16 KiB, 17 000 operations
  costs.ladder_point = 450;   // 6700 operations
  costs.ladder_points = 1;    // rows and octaves fill the blocks together
  costs.octave = 1000;
  costs.series_point = 25;  // 65 bytes written
  return costs;
}

}  // namespace tempsweep::cuda
