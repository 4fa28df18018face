// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <mutex>

namespace tempsweep {

/// How long at least one of those who share a device was at work. Any thread may call.
class BusyClock {
 public:
  /// One of them is at work as long as it lives.
  class Work {
   public:
    explicit Work(BusyClock& clock) : clock_(clock) { clock_.begin(); }
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;
    ~Work() { clock_.end(); }

   private:
    BusyClock& clock_;
  };

  [[nodiscard]] double seconds() const {
    const std::lock_guard lock(mutex_);
    return seconds_;
  }

 private:
  using Clock = std::chrono::steady_clock;

  void begin() {
    const std::lock_guard lock(mutex_);
    if (at_work_++ == 0) {
      start_ = Clock::now();
    }
  }
  void end() {
    const std::lock_guard lock(mutex_);
    if (--at_work_ == 0) {
      seconds_ += std::chrono::duration<double>(Clock::now() - start_).count();
    }
  }

  mutable std::mutex mutex_;
  int at_work_ = 0;
  Clock::time_point start_{};
  double seconds_ = 0;
};

}  // namespace tempsweep
