// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "app/command_line.hpp"

namespace tempsweep::app {

/// Options from a JSON object: long option names without dashes, values as on the command line (strings,
/// numbers, true, or arrays for lists), and "input": one name or an array. What the command line gives wins.
/// \throws InputError naming the file and the key.
void apply_plan_file(const std::string& path, const std::vector<OptionSpec>& specs, CommandLine& line);

/// The same JSON for what `line` holds, defaults spelled out: a plan file that repeats the run.
[[nodiscard]] std::string plan_as_json(const CommandLine& line,
                                       const std::vector<std::pair<std::string, std::string>>& defaults);

}  // namespace tempsweep::app
