// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tempsweep {

/// From now on SIGINT, SIGTERM and, unless it is ignored, SIGHUP only set a flag that the engine polls (a
/// second SIGINT ends the process at once), and SIGPIPE and SIGXFSZ become ordinary write errors. Call once,
/// before any thread is started.
void install_signal_handlers();

/// \throws Interrupted when a signal has asked the run to stop.
void throw_if_interrupted();

}  // namespace tempsweep
