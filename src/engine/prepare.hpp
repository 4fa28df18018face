// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tempsweep/backend.hpp"
#include "tempsweep/plan.hpp"

namespace tempsweep {

/// What the plan asks of this backend.
[[nodiscard]] Wanted wanted_of(const SweepPlan& plan, std::int64_t columns, const BackendEntry& backend);

}  // namespace tempsweep
