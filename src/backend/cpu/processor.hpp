// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tempsweep/backend.hpp"

namespace tempsweep::cpu {

/// The processor's name and the instruction set that the kernels take on it.
[[nodiscard]] std::string processor();

/// Name, memory and rates as they are now (BackendEntry::measure). \param device  not used
[[nodiscard]] DeviceReport measure_processor(int device);

}  // namespace tempsweep::cpu
