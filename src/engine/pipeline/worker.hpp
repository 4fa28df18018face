// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <thread>

#include "engine/pipeline/pipeline.hpp"

namespace tempsweep {

/// A lane of a device: takes tiles from the scheduler, computes and judges them and delivers them. When its
/// device fails, it gives back what it had and leaves.
class Worker {
 public:
  Worker(Pipeline& pipeline, int number);
  /// Waits for it.
  WorkerRecord join();

 private:
  void run();
  /// \param lanes  that share the device's memory
  void work(int lanes);
  void do_tasks();
  /// Nothing where a row was refused.
  [[nodiscard]] std::optional<TaskReport> do_task(const Task& task, TileBuffers& tile);
  [[nodiscard]] double load(const Task& task);
  struct BadRow {
    std::int64_t row = 0;  ///< of the block
    RowScan scan;
  };
  [[nodiscard]] bool refuse_bad_row(const Task& task);
  [[nodiscard]] BadRow first_bad(const RowBlock& block, std::int64_t row, const RowScan& found) const;
  void refuse(const Task& task, const BadRow& bad, std::int64_t vocabulary_size);
  void deliver(const Task& task, TileBuffers& tile, TaskReport& report);
  [[nodiscard]] int threads() const;

  Pipeline& pipeline_;
  int number_;
  std::unique_ptr<Backend> backend_;
  std::int64_t loaded_block_ = -1;
  std::int64_t loaded_vocabulary_ = -1;
  WorkerRecord record_;
  std::jthread thread_;
};

}  // namespace tempsweep
