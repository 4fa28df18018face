// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace tempsweep {

/// Seconds that `work` takes.
template <class Work>
[[nodiscard]] double seconds_of(const Work& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace tempsweep
