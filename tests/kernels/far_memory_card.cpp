// SPDX-License-Identifier: Apache-2.0
#include <stdexcept>

#include "kernels/far_memory.hpp"

namespace tempsweep::testing {
namespace {

class OnCard final : public FarMemory {
 public:
  kernels::Runtime& runtime() override { return *kernels::card_runtime(); }
  bool enough() override {
    kernels::DeviceFacts facts;
    return runtime().facts(0, facts).ok() && facts.free_bytes >> 30U >= 100;
  }
  void* take(std::size_t bytes) override {
    void* address = nullptr;
    if (const kernels::Status status = runtime().allocate(&address, bytes); !status.ok()) {
      throw std::runtime_error(status.text);
    }
    // Counts are added to: what is there must be known, as it is where the host reserves it.
    if (const kernels::Status status = runtime().clear(address, bytes, nullptr); !status.ok()) {
      throw std::runtime_error(status.text);
    }
    return address;
  }
  void give_back(void* address, std::size_t) override { runtime().release(address); }
};

}  // namespace

FarMemory& far_memory() {
  static OnCard memory;
  return memory;
}

}  // namespace tempsweep::testing
