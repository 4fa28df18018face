// SPDX-License-Identifier: Apache-2.0
#include "engine/pipeline/scheduler.hpp"

#include <algorithm>
#include <utility>

#include "engine/pipeline/channel.hpp"

namespace tempsweep {
namespace {

std::int64_t points_of(const TilePlace& place) {
  return place.rows * place.temperatures;
}

Task take(Block& block, bool from_front) {
  const TilePlace place = from_front ? block.pending.front() : block.pending.back();
  if (from_front) {
    block.pending.pop_front();
  } else {
    block.pending.pop_back();
  }
  block.pending_points -= points_of(place);
  return {&block, place};
}

}  // namespace

Scheduler::Scheduler(std::int64_t temperatures, std::int64_t tile, std::size_t vocabulary_sizes, int workers,
                     int lanes)
    : temperatures_(temperatures),
      tile_(tile),
      sizes_(vocabulary_sizes),
      lanes_(lanes),
      speeds_(static_cast<std::size_t>(workers)),
      present_(static_cast<std::size_t>(workers), true) {}

bool Scheduler::add(std::unique_ptr<Block> block) {
  const std::int64_t tiles = (temperatures_ + tile_ - 1) / tile_;
  block->sizes.resize(sizes_);
  for (std::size_t v = 0; v < sizes_; ++v) {
    block->sizes[v].tiles_left = tiles;
    block->sizes[v].bounds.resize(static_cast<std::size_t>(block->rows.rows));
    for (std::int64_t first = 0; first < temperatures_; first += tile_) {
      block->pending.push_back({static_cast<std::int64_t>(v), block->first_row, block->rows.rows, first,
                                std::min(tile_, temperatures_ - first)});
    }
  }
  block->tiles_left = std::ssize(block->pending);
  block->pending_points = static_cast<std::int64_t>(sizes_) * block->rows.rows * temperatures_;
  const std::lock_guard lock(mutex_);
  if (stopped_ || refused_from_) {
    return false;  // rows are read in order: this block lies behind the refused one
  }
  blocks_.push_back(std::move(block));
  changed_.notify_all();
  return true;
}

void Scheduler::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

void Scheduler::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

bool Scheduler::refused(const TilePlace& place) const {
  return refused_from_ && Key{place.first_row, place.vocabulary, refused_from_->row} >= *refused_from_;
}

void Scheduler::refuse(const TilePlace& place, std::int64_t row, std::exception_ptr error) {
  const Key key{place.first_row, place.vocabulary, row};
  const std::lock_guard lock(mutex_);
  if (refused_from_ && *refused_from_ <= key) {
    return;
  }
  refused_from_ = key;
  refusal_ = std::move(error);
  for (const auto& block : blocks_) {
    std::erase_if(block->pending, [&](const TilePlace& tile) { return refused(tile); });
  }
  changed_.notify_all();
}

std::exception_ptr Scheduler::refusal() const {
  const std::lock_guard lock(mutex_);
  return refusal_;
}

bool Scheduler::over() const {
  return closed_ && in_flight_ == 0 && std::all_of(blocks_.begin(), blocks_.end(), [](const auto& block) {
           return block->pending.empty();
         });
}

bool Scheduler::unfinished() const {
  const std::lock_guard lock(mutex_);
  return !stopped_ && !over();
}

std::optional<Task> Scheduler::next(int worker) {
  std::unique_lock lock(mutex_);
  while (!stopped_ && !over()) {
    if (const auto task = choose(worker)) {
      ++in_flight_;
      return task;
    }
    if (changed_.wait_for(lock, interrupt_pace) == std::cv_status::timeout) {
      throw_if_interrupted();
    }
  }
  changed_.notify_all();
  return std::nullopt;
}

std::optional<Task> Scheduler::choose(int worker) {
  if (Block* const own = block_for(worker)) {
    own->owner = worker;
    return take(*own, true);
  }
  if (Block* const other = closed_ ? worth_helping(worker) : nullptr) {
    return take(*other, false);
  }
  return std::nullopt;
}

/// Its own, then the oldest that nobody has.
Block* Scheduler::block_for(int worker) {
  Block* free = nullptr;
  for (const auto& block : blocks_) {
    if (block->pending.empty()) {
      continue;
    }
    if (block->owner == worker) {
      return block.get();
    }
    if (block->owner < 0 && free == nullptr) {
      free = block.get();
    }
  }
  return free;
}

/// The block with the most work left, if this worker has done one of its tiles before the owner has done all.
/// Speeds that are not known yet are 0, and help is given.
Block* Scheduler::worth_helping(int worker) {
  const Speed& mine = speeds_[static_cast<std::size_t>(worker)];
  Block* best = nullptr;
  double most = -1;
  for (const auto& block : blocks_) {
    if (block->pending.empty()) {
      continue;
    }
    const double theirs = speeds_[static_cast<std::size_t>(block->owner)].point_seconds *
                          static_cast<double>(block->pending_points);
    const double ours =
        mine.load_seconds + mine.point_seconds * static_cast<double>(points_of(block->pending.back()));
    if (ours <= theirs && theirs > most) {
      best = block.get();
      most = theirs;
    }
  }
  return best;
}

TaskOutcome Scheduler::finished(int worker, const Task& task, const TaskReport& report) {
  const std::lock_guard lock(mutex_);
  Speed& speed = speeds_[static_cast<std::size_t>(worker)];
  speed.load_seconds = std::max(speed.load_seconds, report.load_seconds);
  speed.point_seconds = report.seconds / static_cast<double>(points_of(task.place));
  Block::Size& size = task.block->sizes[static_cast<std::size_t>(task.place.vocabulary)];
  for (std::size_t r = 0; r < size.bounds.size(); ++r) {
    size.bounds[r].entropy = std::max(size.bounds[r].entropy, report.bounds[r].entropy);
    size.bounds[r].log_partition = std::max(size.bounds[r].log_partition, report.bounds[r].log_partition);
  }
  TaskOutcome outcome;
  outcome.scans_due = !std::exchange(size.scanned, true);
  if (--size.tiles_left == 0) {
    outcome.bounds = std::move(size.bounds);
  }
  if (--task.block->tiles_left == 0) {
    outcome.free_memory = task.block->memory;
    std::erase_if(blocks_, [&](const auto& block) { return block.get() == task.block; });
  }
  --in_flight_;
  changed_.notify_all();
  return outcome;
}

void Scheduler::give_back(const Task& task) {
  const std::lock_guard lock(mutex_);
  --in_flight_;
  if (!refused(task.place)) {
    const auto key = [](const TilePlace& place) {
      return std::pair(place.vocabulary, place.first_temperature);
    };
    auto& pending = task.block->pending;
    const bool near = pending.empty() || key(task.place) < key(pending.front());
    pending.insert(near ? pending.begin() : pending.end(), task.place);
    task.block->pending_points += points_of(task.place);
  }
  changed_.notify_all();
}

bool Scheduler::leave(int worker, bool or_stay) {
  const std::lock_guard lock(mutex_);
  int companions = 0;
  for (std::size_t w = 0; w < present_.size(); ++w) {
    companions +=
        present_[w] && static_cast<int>(w) != worker && static_cast<int>(w) / lanes_ == worker / lanes_ ? 1
                                                                                                        : 0;
  }
  if (companions == 0 && or_stay) {
    return false;
  }
  present_[static_cast<std::size_t>(worker)] = false;
  for (const auto& block : blocks_) {
    if (block->owner == worker) {
      block->owner = -1;
    }
  }
  changed_.notify_all();
  return companions > 0;
}

}  // namespace tempsweep
