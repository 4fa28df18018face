// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <thread>

#include "engine/pipeline/pipeline.hpp"

namespace tempsweep {

/// Reads the rows of the plan, block by block and ahead of the workers, as far as memory goes round.
class Reader {
 public:
  explicit Reader(Pipeline& pipeline) : pipeline_(pipeline), thread_([this] { run(); }) {}
  /// Waits for it; busy seconds.
  double join();

 private:
  void run();
  [[nodiscard]] bool read_block(std::int64_t number, std::int64_t row, double* memory);

  Pipeline& pipeline_;
  double seconds_ = 0;
  std::jthread thread_;
};

}  // namespace tempsweep
