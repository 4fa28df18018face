// SPDX-License-Identifier: Apache-2.0
#include "backend/cuda/device.hpp"

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"

namespace tempsweep::cuda {

using kernels::Outcome;
using kernels::Status;

Device::Device(kernels::Runtime& runtime, int number) : runtime_(runtime), number_(number) {
  if (number < 0 || number >= runtime.device_count()) {
    throw DeviceError(fmt::format("--device {}: there are {} devices, numbered from 0; see tempsweep devices",
                                  number, runtime.device_count()));
  }
  kernels::DeviceFacts facts;
  check(runtime.facts(number, facts), "device query");
  name_ = facts.name;
  shared_bytes_ = facts.shared_bytes;
  multiprocessors_ = facts.multiprocessors;
  check(runtime.use(number), "device selection");
}

std::uint64_t Device::free_bytes() const {
  kernels::DeviceFacts facts;
  check(runtime_.facts(number_, facts), "memory query");
  return facts.free_bytes;
}

void Device::check(Status status, const char* what, std::uint64_t bytes) const {
  if (status.ok()) {
    return;
  }
  if (status.outcome == Outcome::out_of_memory) {
    throw OutOfDeviceMemory(bytes);
  }
  throw DeviceError(
      fmt::format("CUDA device {} ({}), {}, {}: {}; look at the card with nvidia-smi, or run with "
                  "--backend cpu",
                  number_, name_, place_, what, status.text));
}

DeviceStream::DeviceStream(const Device& device) : device_(device) {
  device.check(device.runtime().create_stream(&stream_), "stream creation");
}

DeviceStream::~DeviceStream() {
  if (stream_ != nullptr) {
    device_.runtime().destroy_stream(stream_);
  }
}

void DeviceStream::synchronise() const {
  device_.check(device_.runtime().synchronise(stream_), "waiting for queued kernels");
}

}  // namespace tempsweep::cuda
