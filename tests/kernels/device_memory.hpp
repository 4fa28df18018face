// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstring>
#include <memory>
#include <span>
#include <stdexcept>
#include <vector>

#include "kernels/host/host_runtime.hpp"

namespace tempsweep::testing {

/// Fails a test at a call that did not succeed.
inline void must(kernels::Status status) {
  if (!status.ok()) {
    throw std::runtime_error(status.text);
  }
}

/// Arrays in a runtime's memory, for tests of single kernels.
class DeviceMemory {
 public:
  explicit DeviceMemory(kernels::Runtime& runtime) : runtime_(runtime) {}
  DeviceMemory(const DeviceMemory&) = delete;
  DeviceMemory& operator=(const DeviceMemory&) = delete;
  ~DeviceMemory() {
    for (void* address : all_) {
      runtime_.release(address);
    }
  }

  template <class T>
  T* make(std::size_t count) {
    void* address = nullptr;
    must(runtime_.allocate(&address, count * sizeof(T)));
    all_.push_back(address);
    return static_cast<T*>(address);
  }
  template <class T>
  T* put(const std::vector<T>& values) {
    T* const there = make<T>(values.size());
    must(runtime_.copy_in(there, values.data(), values.size() * sizeof(T), nullptr));
    return there;
  }
  template <class T>
  std::vector<T> get(const T* there, std::size_t count) {
    std::vector<T> values(count);
    must(runtime_.copy_out(values.data(), there, count * sizeof(T), nullptr));
    return values;
  }

 private:
  kernels::Runtime& runtime_;
  std::vector<void*> all_;
};

/// The orders in which a right kernel gives one result.
inline std::vector<kernels::HostSchedule> all_orders() {
  using kernels::ThreadOrder;
  return {{ThreadOrder::forward, 0},
          {ThreadOrder::reverse, 0},
          {ThreadOrder::random, 1},
          {ThreadOrder::random, 2}};
}

}  // namespace tempsweep::testing
