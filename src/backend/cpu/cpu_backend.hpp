// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tempsweep/backend.hpp"

namespace tempsweep::cpu {

/// The CPU backend: the direct method in double precision, rows × runs of temperatures spread over threads.
[[nodiscard]] BackendEntry backend_entry();

}  // namespace tempsweep::cpu
