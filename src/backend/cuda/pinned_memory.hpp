// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory_resource>
#include <mutex>
#include <set>

#include "kernels/runtime.hpp"

namespace tempsweep::cuda {

/// Host memory that cards copy from and to without a detour; ordinary memory where no more can be pinned.
/// Blocks of rows and results lie in it, so that the one copy is the bus's.
class PinnedMemory final : public std::pmr::memory_resource {
 public:
  /// \param runtime  outlives it
  PinnedMemory(kernels::Runtime& runtime, int device) : runtime_(runtime), device_(device) {}

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override;
  void do_deallocate(void* address, std::size_t bytes, std::size_t alignment) override;
  [[nodiscard]] bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    return this == &other;
  }

  kernels::Runtime& runtime_;
  int device_;
  std::mutex mutex_;
  std::set<const void*> pinned_;  ///< by itself: a driver whose card has failed answers nothing any more
};

}  // namespace tempsweep::cuda
