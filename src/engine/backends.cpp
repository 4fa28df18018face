// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/engine.hpp"

#include "backend/cpu/cpu_backend.hpp"
#include "backend/cuda/cuda_backend.hpp"

namespace tempsweep {

std::span<const BackendEntry> backends() {
  static const std::array<BackendEntry, 3> list = {cuda::backend_entry(), cpu::backend_entry(),
                                                   cuda::host_backend_entry()};
  return list;
}

const BackendEntry& choose_backend(std::string_view name) {
  for (const BackendEntry& entry : backends()) {
    const std::string reason = entry.unavailable();
    if (name == "auto" && entry.automatic && reason.empty()) {
      return entry;
    }
    if (name == entry.name) {
      if (!reason.empty()) {
        throw DeviceError(fmt::format("--backend {}: {}; use --backend cpu", name, reason));
      }
      return entry;
    }
  }
  throw InputError(
      fmt::format("--backend: there is no backend '{}'; use auto, cpu, cuda or cuda-host", name));
}

}  // namespace tempsweep
