// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <stdexcept>

#include <sys/mman.h>

#include "kernels/far_memory.hpp"
#include "kernels/host/host_runtime.hpp"

namespace tempsweep::testing {
namespace {

class Reserved final : public FarMemory {
 public:
  kernels::Runtime& runtime() override { return *runtime_; }
  bool enough() override { return true; }
  void* take(std::size_t bytes) override {
    void* const memory =
        mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
      throw std::runtime_error("no address space");
    }
    return memory;
  }
  void give_back(void* address, std::size_t bytes) override { munmap(address, bytes); }

 private:
  std::unique_ptr<kernels::Runtime> runtime_ = kernels::make_host_runtime();
};

}  // namespace

FarMemory& far_memory() {
  static Reserved memory;
  return memory;
}

}  // namespace tempsweep::testing
