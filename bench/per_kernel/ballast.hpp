// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "kernels/runtime.hpp"

namespace tempsweep::bench {

/// Runs a command, null-terminated, while at most `leave` bytes (and the driver's granularity) of the device
/// are free. Returns its exit status, or 3 when the device could not be filled. On the host runtime the
/// ballast is memory of this process and leaves the command all of its own: only this function is tried.
[[nodiscard]] int run_beside_ballast(kernels::Runtime& runtime, int device, std::uint64_t leave,
                                     char** command);

}  // namespace tempsweep::bench
