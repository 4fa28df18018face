// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/engine.hpp"

#include "backend/cpu/cpu_backend.hpp"

namespace tempsweep {
namespace {

/// Holds the place of the CUDA backend: this version has no kernels, with or without a toolkit.
BackendEntry cuda_entry() {
  return {"cuda",
          [] { return std::string("this version has no CUDA backend; use --backend cpu"); },
          nullptr,
          nullptr,
          [] { return std::string(); },
          nullptr};
}

}  // namespace

std::span<const BackendEntry> backends() {
  static const std::array<BackendEntry, 2> list = {cuda_entry(), cpu::backend_entry()};
  return list;
}

const BackendEntry& choose_backend(std::string_view name) {
  for (const BackendEntry& entry : backends()) {
    const std::string reason = entry.unavailable();
    if (name == "auto" && reason.empty()) {
      return entry;
    }
    if (name == entry.name) {
      if (!reason.empty()) {
        throw DeviceError(fmt::format("--backend {}: {}", name, reason));
      }
      return entry;
    }
  }
  throw InputError(fmt::format("--backend: there is no backend '{}'; use auto, cpu or cuda", name));
}

}  // namespace tempsweep
