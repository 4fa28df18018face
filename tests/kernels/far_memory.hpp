// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "kernels/runtime.hpp"

namespace tempsweep::testing {

/// Memory of which little is used and whose ends lie more than 2³² elements apart: on the host address space,
/// on a card real memory. Each test program links one kind.
class FarMemory {
 public:
  FarMemory() = default;
  FarMemory(const FarMemory&) = delete;
  FarMemory& operator=(const FarMemory&) = delete;
  virtual ~FarMemory() = default;

  [[nodiscard]] virtual kernels::Runtime& runtime() = 0;
  /// Whether there is room for what the tests of offsets take together.
  [[nodiscard]] virtual bool enough() = 0;
  /// \throws std::runtime_error when there is not so much
  [[nodiscard]] virtual void* take(std::size_t bytes) = 0;
  virtual void give_back(void* address, std::size_t bytes) = 0;
};

[[nodiscard]] FarMemory& far_memory();

}  // namespace tempsweep::testing
