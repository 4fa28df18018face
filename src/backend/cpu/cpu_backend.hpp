// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tempsweep/backend.hpp"

namespace tempsweep::cpu {

/// The CPU backend: the direct method in double precision, rows × runs of temperatures spread over threads.
[[nodiscard]] BackendEntry backend_entry();

/// Name of the instruction set its kernels run on here, e.g. "AVX2".
[[nodiscard]] const char* instruction_set();

}  // namespace tempsweep::cpu
