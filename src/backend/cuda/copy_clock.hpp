// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend/cuda/device.hpp"

namespace tempsweep::cuda {

/// How long the device's copies of one direction took, by its own clock: events before and after each in its
/// stream.
class CopyClock {
 public:
  explicit CopyClock(const Device& device);
  CopyClock(const CopyClock&) = delete;
  CopyClock& operator=(const CopyClock&) = delete;
  ~CopyClock();

  /// Around the queueing of a copy. \throws DeviceError
  void begin(kernels::Stream stream);
  void end(kernels::Stream stream);
  /// Of all copies so far; waits for the last one. \throws DeviceError
  [[nodiscard]] double seconds();

 private:
  void take();

  const Device& device_;
  kernels::Event first_ = nullptr;
  kernels::Event last_ = nullptr;
  bool running_ = false;
  double seconds_ = 0;
};

}  // namespace tempsweep::cuda
