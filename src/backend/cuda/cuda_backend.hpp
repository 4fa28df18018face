// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "tempsweep/backend.hpp"
#include "tempsweep/core/errors.hpp"

#include "backend/cuda/device.hpp"
#include "kernels/runtime.hpp"

namespace tempsweep::cuda {

/// The sweep on a device. Rows go to the card in batches that fit its memory, temperatures in parts; no
/// result depends on either. \param runtime  outlives the backend.  \param lanes  backends that share the
/// device's memory  \throws DeviceError when there is no such device
[[nodiscard]] std::unique_ptr<Backend> make_backend(kernels::Runtime& runtime, const Wanted& wanted,
                                                    int device, int lanes = 1);

/// What to say where not even the first allocations fit.
[[nodiscard]] MemoryError no_memory_to_begin(const OutOfDeviceMemory& shortage);

/// The cards of this machine.
[[nodiscard]] BackendEntry backend_entry();
/// The same kernels, thread by thread on the CPU: for checking, thousands of times slower.
[[nodiscard]] BackendEntry host_backend_entry();

}  // namespace tempsweep::cuda
