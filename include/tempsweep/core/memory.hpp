// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tempsweep {

/// Bytes that the process could take now without swapping: the kernel's estimate (MemAvailable), capped by
/// what is left of the control group's limit.
[[nodiscard]] std::uint64_t available_memory();

}  // namespace tempsweep
