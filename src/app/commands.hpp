// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace tempsweep::app {

using Arguments = std::vector<std::string>;  ///< after the command's own name

/// Each runs one command and returns the exit status, or throws one of the errors of core/errors.hpp.
int sweep_command(const Arguments& arguments);
int validate_command(const Arguments& arguments);
int info_command(const Arguments& arguments);
int devices_command(const Arguments& arguments);
int experiment1_command(const Arguments& arguments);

}  // namespace tempsweep::app
