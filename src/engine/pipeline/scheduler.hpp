// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "tempsweep/backend.hpp"

#include "engine/tile_buffers.hpp"

namespace tempsweep {

/// Rows in memory, and what is still to be done with them.
struct Block {
  std::int64_t number = 0;     ///< from 0, as they are read
  std::int64_t first_row = 0;  ///< of the result
  RowBlock rows;
  double* memory = nullptr;  ///< where the logits lie; goes round

  /// Of one vocabulary size.
  struct Size {
    std::int64_t tiles_left = 0;
    bool scanned = false;  ///< whether somebody has delivered what the rows are
    std::vector<ErrorBounds> bounds;
  };
  std::vector<Size> sizes;
  std::deque<TilePlace> pending;  ///< by vocabulary size, then temperature
  std::int64_t pending_points = 0;
  std::int64_t tiles_left = 0;
  int owner = -1;  ///< the worker that took it first and goes through it in order
};

struct Task {
  Block* block = nullptr;
  TilePlace place;
};

/// What a worker learnt while it did a task.
struct TaskReport {
  std::span<const ErrorBounds> bounds;  ///< [rows], of what it has evaluated since it loaded them
  double load_seconds = 0;              ///< 0 where nothing had to be loaded
  double seconds = 0;                   ///< the rest
};

/// What follows from a finished task.
struct TaskOutcome {
  bool scans_due = false;  ///< the first tile of its rows and vocabulary: their status is to be written
  std::vector<ErrorBounds> bounds;  ///< of the last tile of its rows and vocabulary; else empty
  double* free_memory = nullptr;    ///< of the last tile of its block: the block is gone
};

/// Deals tiles to workers: a block to the first that asks, whole; when no blocks are left, tiles of the
/// others' blocks from their far end, as long as that is quicker by the speeds measured so far. What a lost
/// worker had is dealt again. No result depends on who computes what. Any thread may call.
class Scheduler {
 public:
  /// \param tile  temperatures of one
  /// \param lanes  workers of a device, whose numbers follow one another
  Scheduler(std::int64_t temperatures, std::int64_t tile, std::size_t vocabulary_sizes, int workers,
            int lanes);

  /// \returns false when nothing more is wanted
  bool add(std::unique_ptr<Block> block);
  /// No more blocks.
  void close();

  /// Waits for something to do; nothing when all is done, or stopped. \throws Interrupted
  std::optional<Task> next(int worker);
  TaskOutcome finished(int worker, const Task& task, const TaskReport& report);
  /// The task is not done, and somebody has to.
  void give_back(const Task& task);

  /// The worker takes nothing more. \returns false when it is the last one of its device, which stays where
  /// `or_stay`
  bool leave(int worker, bool or_stay);
  [[nodiscard]] bool unfinished() const;

  /// A row is no law and the run has to stop: what comes before it in the result's order is still done, so
  /// that the error is the first one's, whoever is faster.
  void refuse(const TilePlace& place, std::int64_t row, std::exception_ptr error);
  [[nodiscard]] std::exception_ptr refusal() const;
  /// Nothing more is dealt.
  void stop();

 private:
  /// In the order in which rows are refused.
  struct Key {
    std::int64_t block_row, vocabulary, row;
    auto operator<=>(const Key&) const = default;  // NOLINT(modernize-use-nullptr): there is no pointer
  };
  struct Speed {
    double load_seconds = 0;  ///< of the last block
    double point_seconds = 0;
  };

  [[nodiscard]] bool refused(const TilePlace& place) const;
  [[nodiscard]] std::optional<Task> choose(int worker);
  [[nodiscard]] Block* block_for(int worker);
  [[nodiscard]] Block* worth_helping(int worker);
  [[nodiscard]] bool over() const;

  std::int64_t temperatures_, tile_;
  std::size_t sizes_;
  int lanes_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::unique_ptr<Block>> blocks_;
  std::vector<Speed> speeds_;
  std::vector<bool> present_;
  int in_flight_ = 0;
  bool closed_ = false;
  bool stopped_ = false;
  std::optional<Key> refused_from_;
  std::exception_ptr refusal_;
};

}  // namespace tempsweep
