// SPDX-License-Identifier: Apache-2.0
#include "engine/pipeline/pipeline.hpp"

#include <utility>

#include "engine/tiling.hpp"

namespace tempsweep {

Pipeline::Pipeline(const PreparedSweep& sweep, Source& from, const BackendEntry& by)
    : prepared(sweep),
      source(from),
      backend(by),
      lanes(by.lanes),
      workers(worker_count(prepared.plan, by)),
      scheduler(std::ssize(prepared.plan.temperatures), prepared.tiling.temperatures,
                prepared.plan.vocabulary_sizes.size(), workers, lanes),
      busy(prepared.plan.devices.size()),
      at_work_(workers),
      lost_lanes_(prepared.plan.devices.size()) {
  const Tiling& tiling = prepared.tiling;
  std::pmr::memory_resource* const host = by.host_memory(prepared.plan.devices.front());
  for (int i = 0; i < tiling.blocks; ++i) {
    memory_.emplace_back(static_cast<std::size_t>(tiling.rows * tiling.columns), host);
    free_memory.push(memory_.back().data());
  }
  for (int i = 0; i < tiling.tiles; ++i) {
    tiles_.push_back(std::make_unique<TileBuffers>(prepared, host));
    free_tiles.push(tiles_.back().get());
  }
}

void Pipeline::fail(std::exception_ptr error) {
  {
    const std::lock_guard lock(mutex_);
    if (error_ == nullptr) {
      error_ = std::move(error);
    }
  }
  scheduler.stop();
  free_memory.close();
  free_tiles.close();
}

void Pipeline::refuse(const TilePlace& place, std::int64_t row, std::exception_ptr error) {
  scheduler.refuse(place, row, std::move(error));
  free_memory.close();
}

void Pipeline::ended(int worker, std::exception_ptr lost, const std::string& why) {
  bool last = false;
  bool device_gone = false;
  {
    const std::lock_guard lock(mutex_);
    last = --at_work_ == 0;
    if (lost != nullptr) {
      device_gone = ++lost_lanes_[static_cast<std::size_t>(worker / lanes)] == lanes;
    }
  }
  if (device_gone && !last) {
    deliveries.push({{}, nullptr, {}, {}, why});
  }
  if (last && lost != nullptr && scheduler.unfinished()) {
    fail(std::move(lost));
  }
  if (last) {
    free_memory.close();
    deliveries.close();
  }
}

bool Pipeline::device_lost(std::size_t device) const {
  const std::lock_guard lock(mutex_);
  return lost_lanes_[device] == lanes;
}

std::exception_ptr Pipeline::error() const {
  const std::lock_guard lock(mutex_);
  return error_ != nullptr ? error_ : scheduler.refusal();
}

}  // namespace tempsweep
