// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tempsweep/math/float_density.hpp"

#include "backend/cpu/evaluate_row.hpp"

namespace tempsweep::cpu {

/// Writes the f32 probabilities of a row at a run of temperatures, whose laws scratch.laws holds; NaN outside
/// the vocabulary. Float exponentials serve the tolerances of math/float_density.hpp.
void write_probabilities(const RowRun& run, const Wanted& wanted, const TileOutput& output, Scratch& scratch);

}  // namespace tempsweep::cpu
