// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend/cpu/evaluate_row.hpp"

namespace tempsweep::cpu {

/// Writes the f32 probabilities of a row at a run of temperatures, whose laws scratch.laws holds; NaN outside
/// the vocabulary. With a tolerance of least_probability_tolerance or looser they may come from float
/// exponentials.
void write_probabilities(const RowRun& run, const Wanted& wanted, const TileOutput& output, Scratch& scratch);

/// What probabilities from float exponentials are worth.
inline constexpr double least_probability_tolerance = 4e-7;

}  // namespace tempsweep::cpu
