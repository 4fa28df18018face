// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "app/command_line.hpp"

namespace tempsweep::app {

/// Every option of `tempsweep sweep`, those of later versions included.
[[nodiscard]] const std::vector<OptionSpec>& sweep_options();

}  // namespace tempsweep::app
