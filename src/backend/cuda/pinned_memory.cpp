// SPDX-License-Identifier: Apache-2.0
#include "backend/cuda/pinned_memory.hpp"

namespace tempsweep::cuda {

void* PinnedMemory::do_allocate(std::size_t bytes, std::size_t alignment) {
  // Small pieces are not worth a call into the driver, each of which stops the device.
  constexpr std::size_t worth_pinning = std::size_t{1} << 20U;
  void* address = nullptr;
  if (bytes >= worth_pinning && runtime_.use(device_).ok() &&
      runtime_.allocate_pinned(&address, bytes).ok()) {
    const std::lock_guard lock(mutex_);
    pinned_.insert(address);
    return address;
  }
  return std::pmr::new_delete_resource()->allocate(bytes, alignment);
}

void PinnedMemory::do_deallocate(void* address, std::size_t bytes, std::size_t alignment) {
  const auto forget = [&] {
    const std::lock_guard lock(mutex_);
    return pinned_.erase(address) > 0;
  };
  if (forget()) {
    runtime_.release_pinned(address);
  } else {
    std::pmr::new_delete_resource()->deallocate(address, bytes, alignment);
  }
}

}  // namespace tempsweep::cuda
