// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <utility>

#include "kernels/runtime.hpp"

namespace tempsweep::cuda {

/// The device has no more memory: tiles shrink, or this leaves the backend as a MemoryError.
class OutOfDeviceMemory : public std::exception {
 public:
  explicit OutOfDeviceMemory(std::uint64_t bytes) : bytes_(bytes) {}
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] const char* what() const noexcept override { return "out of device memory"; }

 private:
  std::uint64_t bytes_;
};

/// A device, taken for one sweep. Every call goes through here and is checked here: failures become
/// DeviceError naming the call, the place in the grid and the device.
class Device {
 public:
  /// \throws DeviceError when there is no device of this number.
  Device(kernels::Runtime& runtime, int number);

  [[nodiscard]] kernels::Runtime& runtime() const { return runtime_; }
  [[nodiscard]] std::uint64_t free_bytes() const;
  [[nodiscard]] std::int64_t shared_bytes() const { return shared_bytes_; }
  [[nodiscard]] int multiprocessors() const { return multiprocessors_; }

  /// Where in the grid the next calls are, for messages; failures of queued work show at later calls.
  void set_place(std::string place) { place_ = std::move(place); }

  /// \param what  the call, for the message.
  /// \throws DeviceError, OutOfDeviceMemory (of `bytes`)
  void check(kernels::Status status, const char* what, std::uint64_t bytes = 0) const;

  /// Queues a kernel.
  template <class Args>
  void launch(const Args& arguments, kernels::Stream stream) const {
    check(runtime_.launch(arguments, stream), Args::name);
  }

 private:
  kernels::Runtime& runtime_;
  int number_;
  std::string name_;
  std::int64_t shared_bytes_ = 0;
  int multiprocessors_ = 0;
  std::string place_ = "start";
};

/// A stream of the device.
class DeviceStream {
 public:
  explicit DeviceStream(const Device& device);
  DeviceStream(const DeviceStream&) = delete;
  DeviceStream& operator=(const DeviceStream&) = delete;
  ~DeviceStream();
  [[nodiscard]] kernels::Stream get() const { return stream_; }
  /// Waits for everything queued. \throws DeviceError of what failed in it
  void synchronise() const;

 private:
  const Device& device_;
  kernels::Stream stream_ = nullptr;
};

/// Memory of the device that grows and never shrinks until it is dropped. Contents do not outlive a growth.
template <class T>
class DeviceArray {
 public:
  explicit DeviceArray(const Device& device) : device_(device) {}
  DeviceArray(const DeviceArray&) = delete;
  DeviceArray& operator=(const DeviceArray&) = delete;
  ~DeviceArray() { drop(); }

  /// Room for `count` elements. \throws OutOfDeviceMemory
  T* reserve(std::int64_t count) {
    if (count > capacity_) {
      drop();
      void* address = nullptr;
      const auto bytes = static_cast<std::uint64_t>(count) * sizeof(T);
      device_.check(device_.runtime().allocate(&address, bytes), "memory allocation", bytes);
      data_ = static_cast<T*>(address);
      capacity_ = count;
    }
    return data_;
  }
  void drop() {
    if (data_ != nullptr) {
      device_.runtime().release(data_);
    }
    data_ = nullptr;
    capacity_ = 0;
  }
  [[nodiscard]] T* get() const { return data_; }

 private:
  const Device& device_;
  T* data_ = nullptr;
  std::int64_t capacity_ = 0;
};

}  // namespace tempsweep::cuda
