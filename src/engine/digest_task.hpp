// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <exception>
#include <future>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tempsweep/core/interrupt.hpp"

#include "engine/input_digest.hpp"

namespace tempsweep {

/// Reads the input once more from end to end beside the sweep; given up when the sweep fails.
class DigestTask {
 public:
  explicit DigestTask(std::vector<std::string> files)
      : thread_([this, paths = std::move(files)](const std::stop_token& stop) {
          try {
            digest_.set_value(input_digest(paths, stop));
          } catch (...) {
            digest_.set_exception(std::current_exception());
          }
        }) {}
  /// \throws FileError, or Interrupted while it waits.
  std::string get() {
    auto future = digest_.get_future();
    while (future.wait_for(std::chrono::milliseconds(20)) != std::future_status::ready) {
      throw_if_interrupted();
    }
    return future.get();
  }

 private:
  std::promise<std::string> digest_;
  std::jthread thread_;
};

}  // namespace tempsweep
