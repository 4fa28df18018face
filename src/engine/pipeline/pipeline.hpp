// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <memory_resource>
#include <mutex>
#include <string>
#include <vector>

#include "tempsweep/engine.hpp"

#include "engine/pipeline/busy_clock.hpp"
#include "engine/pipeline/channel.hpp"
#include "engine/pipeline/scheduler.hpp"
#include "engine/tile_buffers.hpp"

namespace tempsweep {

/// A computed tile on its way to the file.
struct Delivery {
  TilePlace place;
  TileBuffers* tile = nullptr;
  std::vector<RowScan> scans;       ///< [rows] with the first tile of these rows and vocabulary
  std::vector<ErrorBounds> bounds;  ///< [rows] with the last one
  std::string news;                 ///< instead of a tile: a device has left
};

/// What a worker did and how it went.
struct WorkerRecord {
  std::int64_t points = 0;
  double computing = 0;
  double judging = 0;
  CopySeconds copies;  ///< part of computing
  std::string lost;    ///< why it left before the end, or empty
};

/// What the stages of a run share: reading fills memory that workers have emptied, workers fill tiles that
/// writing has emptied. Every stage may end the run; the first error counts.
class Pipeline {
 public:
  Pipeline(const PreparedSweep& sweep, Source& from, const BackendEntry& by);

  const PreparedSweep& prepared;
  Source& source;
  const BackendEntry& backend;
  const int lanes;    ///< workers a device
  const int workers;  ///< devices times lanes
  Scheduler scheduler;
  Channel<double*> free_memory;  ///< [tiling.rows, tiling.columns] each
  Channel<TileBuffers*> free_tiles;
  Channel<Delivery> deliveries;
  std::deque<BusyClock> busy;  ///< by device

  /// Whether all lanes of the device have left before the end.
  [[nodiscard]] bool device_lost(std::size_t device) const;

  void fail(std::exception_ptr error);
  /// The row refused, and no more rows are wanted.
  void refuse(const TilePlace& place, std::int64_t row, std::exception_ptr error);
  /// A worker has ended: with the last one, nothing more is delivered.
  /// \param lost  why it left the others, or null
  void ended(int worker, std::exception_ptr lost, const std::string& why);
  /// What the run ended with, if not with its end.
  [[nodiscard]] std::exception_ptr error() const;

 private:
  std::vector<std::pmr::vector<double>> memory_;
  std::vector<std::unique_ptr<TileBuffers>> tiles_;
  mutable std::mutex mutex_;
  std::exception_ptr error_;
  int at_work_;
  std::vector<int> lost_lanes_;  ///< by device
};

}  // namespace tempsweep
