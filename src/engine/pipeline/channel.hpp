// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "tempsweep/core/interrupt.hpp"

namespace tempsweep {

/// How long a waiting thread sleeps before it looks for an interrupt.
inline constexpr std::chrono::milliseconds interrupt_pace{20};

/// Things on their way from one stage to the next. How many there are is bounded by who makes them: buffers
/// travel in circles, nothing else does. Any thread may call.
template <class T>
class Channel {
 public:
  void push(T thing) {
    {
      const std::lock_guard lock(mutex_);
      things_.push_back(std::move(thing));
    }
    arrived_.notify_one();
  }

  /// Waits for the next thing; none when the channel is closed and empty. \throws Interrupted
  std::optional<T> pop() {
    std::unique_lock lock(mutex_);
    while (!arrived_.wait_for(lock, interrupt_pace, [&] { return closed_ || !things_.empty(); })) {
      throw_if_interrupted();
    }
    if (things_.empty()) {
      return std::nullopt;
    }
    std::optional<T> thing(std::move(things_.front()));
    things_.pop_front();
    return thing;
  }

  /// Nothing more will come.
  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    arrived_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<T> things_;
  bool closed_ = false;
};

}  // namespace tempsweep
