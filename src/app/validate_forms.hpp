// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/command_line.hpp"

namespace tempsweep::app {

/// The two forms of `tempsweep validate`. Each prints its report and returns the exit status: 0, or 1 when
/// the draws are rejected. \throws the errors of core/errors.hpp
int validate_result(const CommandLine& line);
int validate_foreign(const CommandLine& line);

}  // namespace tempsweep::app
