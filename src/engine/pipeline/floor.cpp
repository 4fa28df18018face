// SPDX-License-Identifier: Apache-2.0
#include "engine/pipeline/floor.hpp"

#include <utility>

#include "engine/tiling.hpp"

namespace tempsweep {

Floor::Floor(const PreparedSweep& sweep, Source& from, const BackendEntry& by)
    : prepared(sweep),
      source(from),
      backend(by),
      lanes(by.lanes),
      workers(worker_count(prepared.plan, by)),
      dealer(std::ssize(prepared.plan.temperatures), prepared.tiling.temperatures,
             prepared.plan.vocabulary_sizes.size(), workers),
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

void Floor::fail(std::exception_ptr error) {
  {
    const std::lock_guard lock(mutex_);
    if (error_ == nullptr) {
      error_ = std::move(error);
    }
  }
  dealer.stop();
  free_memory.close();
  free_tiles.close();
}

void Floor::refuse(const TilePlace& place, std::int64_t row, std::exception_ptr error) {
  dealer.refuse(place, row, std::move(error));
  free_memory.close();
}

void Floor::ended(int worker, std::exception_ptr lost, const std::string& why) {
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
  if (last && lost != nullptr && dealer.unfinished()) {
    fail(std::move(lost));
  }
  if (last) {
    free_memory.close();
    deliveries.close();
  }
}

std::exception_ptr Floor::error() const {
  const std::lock_guard lock(mutex_);
  return error_ != nullptr ? error_ : dealer.refusal();
}

}  // namespace tempsweep
