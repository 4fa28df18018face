// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/sweep_plan.hpp"

namespace tempsweep::app {

/// Element-temperatures of the whole grid.
[[nodiscard]] double work_of(const SweepPlan& plan);

/// Seconds that the plan is going to take here: a few made-up rows are prepared as the plan's are, and
/// evaluated at some of its temperatures; the rest from rates. Reading the input is not counted.
[[nodiscard]] double estimated_seconds(const SweepJob& job, const Schema& schema);

}  // namespace tempsweep::app
