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

Worker::Worker(Pipeline& pipeline, int number)
    : pipeline_(pipeline), number_(number), thread_([this] { run(); }) {}

WorkerRecord Worker::join() {
  thread_.join();
  return record_;
}

void Worker::run() {
  std::exception_ptr lost;
  try {
    work(pipeline_.lanes);
  } catch (const DeviceError& error) {
    lost = std::current_exception();
    record_.lost = error.what();
  } catch (const MemoryError& error) {
    lost = std::current_exception();
    record_.lost = error.what();
  } catch (...) {
    pipeline_.fail(std::current_exception());
  }
  backend_.reset();  // in its own thread, as it was made
  (void)pipeline_.scheduler.leave(number_, false);
  pipeline_.ended(number_, lost, record_.lost);
}

/// Lanes leave one another the device where its memory does not do for all; the last one has it whole.
void Worker::work(int lanes) {
  try {
    const SweepPlan& plan = pipeline_.prepared.plan;
    const auto device = static_cast<std::size_t>(number_ / pipeline_.lanes);
    backend_ = pipeline_.backend.create(wanted_of(plan, pipeline_.prepared.tiling.columns, pipeline_.backend),
                                        {threads(), plan.devices.at(device), lanes});
    loaded_block_ = -1;
    do_tasks();
    record_.copies = backend_->copy_seconds();
  } catch (const MemoryError&) {
    backend_.reset();
    if (lanes == 1 || pipeline_.scheduler.leave(number_, true)) {
      throw;
    }
    work(1);
  }
}

void Worker::do_tasks() {
  while (const auto task = pipeline_.scheduler.next(number_)) {
    const auto tile = pipeline_.free_tiles.pop();
    if (!tile) {
      pipeline_.scheduler.give_back(*task);
      return;
    }
    std::optional<TaskReport> report;
    try {
      const BusyClock::Work at_work(pipeline_.busy[static_cast<std::size_t>(number_ / pipeline_.lanes)]);
      report = do_task(*task, **tile);
    } catch (...) {
      pipeline_.free_tiles.push(*tile);
      pipeline_.scheduler.give_back(*task);
      throw;
    }
    if (report) {
      deliver(*task, **tile, *report);
    } else {
      pipeline_.free_tiles.push(*tile);
      pipeline_.scheduler.give_back(*task);
    }
  }
}

std::optional<TaskReport> Worker::do_task(const Task& task, TileBuffers& tile) {
  const SweepPlan& plan = pipeline_.prepared.plan;
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
                  pipeline_.prepared.tiling.columns, plan.samples, plan.seed, plan.sampler, plan.truncation},
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
  return std::max(1, pipeline_.prepared.plan.threads / pipeline_.workers);
}

double Worker::load(const Task& task) {
  const std::int64_t vocabulary = task.place.vocabulary;
  if (loaded_block_ == task.block->number && loaded_vocabulary_ == vocabulary) {
    return 0;
  }
  const bool grows = loaded_block_ == task.block->number && loaded_vocabulary_ < vocabulary;
  const std::int64_t size = pipeline_.prepared.plan.vocabulary_sizes[static_cast<std::size_t>(vocabulary)];
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
      pipeline_.prepared.plan.vocabulary_sizes[static_cast<std::size_t>(task.place.vocabulary)];
  for (std::int64_t r = 0; r < task.place.rows; ++r) {
    const RowScan& scan = backend_->scans()[static_cast<std::size_t>(r)];
    if (scan.status != RowStatus::ok) {
      refuse(task, first_bad(task.block->rows, r, scan), size);
      return true;
    }
  }
  return false;
}

/// The lowest row of the block that is bad at any vocabulary size: `found` at this one, or one before it that
/// is bad only farther on.
Worker::BadRow Worker::first_bad(const RowBlock& block, std::int64_t row, const RowScan& found) const {
  const auto widest = static_cast<std::size_t>(pipeline_.prepared.tiling.columns);
  for (std::int64_t r = 0; r < row; ++r) {
    const auto logits = block.logits.subspan(static_cast<std::size_t>(r * block.width), widest);
    const auto bad =
        std::find_if(logits.begin(), logits.end(), [](double l) { return !(l < ieee::infinity); });
    if (bad != logits.end()) {
      RowScan scan;
      scan.status = *bad == ieee::infinity ? RowStatus::positive_infinity : RowStatus::not_a_number;
      scan.bad_column = bad - logits.begin();
      return {r, scan};
    }
  }
  return {row, found};
}

void Worker::refuse(const Task& task, const BadRow& bad, std::int64_t vocabulary_size) {
  const InputError error(fmt::format("{}: {}; repair the input, or skip such rows with --on-bad-row skip",
                                     pipeline_.source.place_of(task.block->rows.first_row + bad.row),
                                     why_no_law(bad.scan, vocabulary_size)));
  pipeline_.refuse(task.place, bad.row, std::make_exception_ptr(error));
}

void Worker::deliver(const Task& task, TileBuffers& tile, TaskReport& report) {
  std::vector<ErrorBounds> bounds;
  for (std::int64_t r = 0; r < task.place.rows; ++r) {
    bounds.push_back(backend_->error_bounds(r));
  }
  report.bounds = bounds;
  Delivery delivery{task.place, &tile, {}, {}, {}};
  TaskOutcome outcome = pipeline_.scheduler.finished(number_, task, report);
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
    pipeline_.free_memory.push(outcome.free_memory);
  }
  pipeline_.deliveries.push(std::move(delivery));
}

}  // namespace tempsweep
