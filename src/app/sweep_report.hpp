// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tempsweep/engine.hpp"

#include "app/sweep_plan.hpp"

namespace tempsweep::app {

/// What a run is about to do: grid, bytes, memory, time.
void print_dry_run(const SweepJob& job, const PreparedSweep& prepared, bool json);

/// What a run did, for a person.
void print_summary(const SweepJob& job, const PreparedSweep& prepared, const SweepSummary& summary);

/// What a run did, for a program: one JSON object on stdout.
void print_summary_json(const SweepJob& job, const PreparedSweep& prepared, const SweepSummary& summary);

/// How the grid is cut, on stderr.
void print_tiling(const PreparedSweep& prepared);

}  // namespace tempsweep::app
