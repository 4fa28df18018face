// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tempsweep/engine.hpp"

namespace tempsweep {

/// Writes the axes of the grid: everything in the result that is known before the sweep.
void write_coordinates(const PreparedSweep& prepared, Sink& sink);

}  // namespace tempsweep
