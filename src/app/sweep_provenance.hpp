// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tempsweep/backend.hpp"
#include "tempsweep/plan.hpp"
#include "tempsweep/sink.hpp"
#include "tempsweep/source.hpp"

#include "app/command_line.hpp"

namespace tempsweep::app {

inline constexpr const char* default_temperatures = "log:0.05:5:64";

/// The root attributes of a result: what was asked, of what, with what, and the plan that repeats it.
[[nodiscard]] Attributes provenance(const CommandLine& line, const std::string& command_line,
                                    const Source& source, const BackendEntry& backend, const SweepPlan& plan);

}  // namespace tempsweep::app
