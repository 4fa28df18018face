// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tempsweep::app {

/// The whole program: picks the command, runs it, turns every error into one line on stderr and an exit
/// status.
[[nodiscard]] int run_program(int argc, char** argv);

}  // namespace tempsweep::app
