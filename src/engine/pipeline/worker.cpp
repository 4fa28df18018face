// SPDX-License-Identifier: Apache-2.0
#include "engine/pipeline/worker.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"

#include "engine/prepare.hpp"
#include "engine/row_reason.hpp"
#include "engine/stage_clock.hpp"
#include "engine/tile_statistics.hpp"

namespace tempsweep {

Worker::Worker(Floor& floor, int number) : floor_(floor), number_(number), thread_([this] { run(); }) {}

WorkerRecord Worker::join() {
  thread_.join();
  return record_;
}

void Worker::run() {
  std::exception_ptr lost;
  try {
    work(floor_.lanes);
  } catch (const DeviceError& error) {
    lost = std::current_exception();
    record_.lost = error.what();
  } catch (const MemoryError& error) {
    lost = std::current_exception();
    record_.lost = error.what();
  } catch (...) {
    floor_.fail(std::current_exception());
  }
  backend_.reset();  // in its own thread, as it was made
  (void)floor_.dealer.leave(number_, false);
  floor_.ended(number_, lost, record_.lost);
}

/// Lanes leave one another the device where its memory does not do for all; the last one has it whole.
void Worker::work(int lanes) {
  try {
    const SweepPlan& plan = floor_.prepared.plan;
    const auto device = static_cast<std::size_t>(number_ / floor_.lanes);
    backend_ = floor_.backend.create(wanted_of(plan, floor_.prepared.tiling.columns, floor_.backend),
                                     {threads(), plan.devices.at(device), lanes});
    loaded_block_ = -1;
    do_tasks();
    record_.copies = backend_->copy_seconds();
  } catch (const MemoryError&) {
    backend_.reset();
    if (lanes == 1 || floor_.dealer.leave(number_, true)) {
      throw;
    }
    work(1);
  }
}

void Worker::do_tasks() {
  while (const auto task = floor_.dealer.next(number_)) {
    const auto tile = floor_.free_tiles.pop();
    if (!tile) {
      floor_.dealer.give_back(*task);
      return;
    }
    std::optional<TaskReport> report;
    try {
      report = do_task(*task, **tile);
    } catch (...) {
      floor_.free_tiles.push(*tile);
      floor_.dealer.give_back(*task);
      throw;
    }
    if (report) {
      deliver(*task, **tile, *report);
    } else {
      floor_.free_tiles.push(*tile);
      floor_.dealer.give_back(*task);
    }
  }
}

std::optional<TaskReport> Worker::do_task(const Task& task, TileBuffers& tile) {
  const SweepPlan& plan = floor_.prepared.plan;
  const TilePlace& place = task.place;
  TaskReport report;
  report.load_seconds = load(task);
  record_.computing += report.load_seconds;
  if (plan.on_bad_row == OnBadRow::stop && refuse_bad_row(task)) {
    return std::nullopt;
  }
  const auto temperatures = std::span(plan.temperatures)
                                .subspan(static_cast<std::size_t>(place.first_temperature),
                                         static_cast<std::size_t>(place.temperatures));
  const TileOutput output = tile.output(place.rows, place.temperatures);
  const double computing = seconds_of([&] { backend_->evaluate(temperatures, output); });
  double judging = 0;
  if (plan.samples > 0) {
    const std::int64_t size = plan.vocabulary_sizes[static_cast<std::size_t>(place.vocabulary)];
    judging = seconds_of([&] {
      judge_tile({task.block->rows, *backend_, size, temperatures, output.count, output.judged,
                  floor_.prepared.tiling.columns, plan.samples, plan.seed, plan.sampler, plan.truncation},
                 threads(), tile.statistics(place.rows, place.temperatures));
    });
  }
  record_.computing += computing;
  record_.judging += judging;
  record_.points += place.rows * place.temperatures;
  report.seconds = computing + judging;
  return report;
}

int Worker::threads() const {
  return std::max(1, floor_.prepared.plan.threads / floor_.workers);
}

double Worker::load(const Task& task) {
  const std::int64_t vocabulary = task.place.vocabulary;
  if (loaded_block_ == task.block->number && loaded_vocabulary_ == vocabulary) {
    return 0;
  }
  const bool grows = loaded_block_ == task.block->number && loaded_vocabulary_ < vocabulary;
  const std::int64_t size = floor_.prepared.plan.vocabulary_sizes[static_cast<std::size_t>(vocabulary)];
  loaded_block_ = -1;
  const double seconds = seconds_of([&] {
    if (grows) {
      backend_->grow(size);
    } else {
      backend_->load(task.block->rows, size);
    }
  });
  loaded_block_ = task.block->number;
  loaded_vocabulary_ = vocabulary;
  return seconds;
}

/// Whether the run has to stop here.
bool Worker::refuse_bad_row(const Task& task) {
  const std::int64_t size =
      floor_.prepared.plan.vocabulary_sizes[static_cast<std::size_t>(task.place.vocabulary)];
  for (std::int64_t r = 0; r < task.place.rows; ++r) {
    const RowScan& scan = backend_->scans()[static_cast<std::size_t>(r)];
    if (scan.status != RowStatus::ok) {
      const InputError error(fmt::format("{}: {}; repair the input, or skip such rows with --on-bad-row skip",
                                         floor_.source.place_of(task.block->rows.first_row + r),
                                         why_no_law(scan, size)));
      floor_.refuse(task.place, r, std::make_exception_ptr(error));
      return true;
    }
  }
  return false;
}

void Worker::deliver(const Task& task, TileBuffers& tile, TaskReport& report) {
  std::vector<ErrorBounds> bounds;
  for (std::int64_t r = 0; r < task.place.rows; ++r) {
    bounds.push_back(backend_->error_bounds(r));
  }
  report.bounds = bounds;
  Delivery delivery{task.place, &tile, {}, {}, {}};
  TaskOutcome outcome = floor_.dealer.finished(number_, task, report);
  if (outcome.scans_due) {
    const auto scans = backend_->scans().first(static_cast<std::size_t>(delivery.place.rows));
    delivery.scans.assign(scans.begin(), scans.end());
  }
  delivery.bounds = std::move(outcome.bounds);
  for (std::size_t r = 0; r < delivery.bounds.size(); ++r) {
    if (backend_->scans()[r].status != RowStatus::ok) {
      delivery.bounds[r] = {ieee::nan, ieee::nan};
    }
  }
  if (outcome.free_memory != nullptr) {
    floor_.free_memory.push(outcome.free_memory);
  }
  floor_.deliveries.push(std::move(delivery));
}

}  // namespace tempsweep
