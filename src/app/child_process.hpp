// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace tempsweep::app {

/// Runs a program with these words (words[0] is looked up in PATH) and waits. \returns its exit status, 127
/// when it cannot be started, 128 + n when signal n ended it.
[[nodiscard]] int run_child(const std::vector<std::string>& words);

}  // namespace tempsweep::app
