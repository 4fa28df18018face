// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend/cpu/evaluate_row.hpp"

namespace tempsweep::cpu {

/// Writes the f32 probabilities of a row at a run of temperatures, whose laws scratch.laws holds; NaN outside
/// the vocabulary. From these tolerances on they come from float exponentials of the fifth and fourth degree.
void write_probabilities(const RowRun& run, const Wanted& wanted, const TileOutput& output, Scratch& scratch);

inline constexpr double degree_five_tolerance = 4e-7;
inline constexpr double degree_four_tolerance = 5e-6;

}  // namespace tempsweep::cpu
