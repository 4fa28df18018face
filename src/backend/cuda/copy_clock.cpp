// SPDX-License-Identifier: Apache-2.0
#include "backend/cuda/copy_clock.hpp"

namespace tempsweep::cuda {

CopyClock::CopyClock(const Device& device) : device_(device) {
  device.check(device.runtime().create_event(&first_), "event creation");
  const kernels::Status status = device.runtime().create_event(&last_);
  if (!status.ok()) {
    device.runtime().destroy_event(first_);
    device.check(status, "event creation");
  }
}

CopyClock::~CopyClock() {
  device_.runtime().destroy_event(first_);
  device_.runtime().destroy_event(last_);
}

void CopyClock::begin(kernels::Stream stream) {
  take();
  device_.check(device_.runtime().record(first_, stream), "event record");
}

void CopyClock::end(kernels::Stream stream) {
  device_.check(device_.runtime().record(last_, stream), "event record");
  running_ = true;
}

double CopyClock::seconds() {
  take();
  return seconds_;
}

void CopyClock::take() {
  if (!running_) {
    return;
  }
  running_ = false;
  double seconds = 0;
  device_.check(device_.runtime().wait(last_), "waiting for a copy");
  device_.check(device_.runtime().seconds_between(first_, last_, &seconds), "timing a copy");
  seconds_ += seconds;
}

}  // namespace tempsweep::cuda
