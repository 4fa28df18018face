// SPDX-License-Identifier: Apache-2.0
// The writing end of a run, and its frame: coordinates first, tiles as they come, the verdict, the closing.
// One thread reads ahead, one a lane of each device computes (engine/pipeline); this one alone touches the
// sink.
#include <algorithm>
#include <memory>
#include <new>
#include <vector>

#include "tempsweep/core/clock.hpp"
#include "tempsweep/core/errors.hpp"
#include "tempsweep/core/interrupt.hpp"
#include "tempsweep/engine.hpp"

#include "engine/coordinates.hpp"
#include "engine/digest_task.hpp"
#include "engine/grid_judge.hpp"
#include "engine/layout.hpp"
#include "engine/pipeline/pipeline.hpp"
#include "engine/pipeline/reader.hpp"
#include "engine/pipeline/worker.hpp"
#include "engine/stage_clock.hpp"
#include "engine/suspend.hpp"
#include "engine/tile_statistics.hpp"

namespace tempsweep {
namespace {

class SweepRun {
 public:
  SweepRun(const PreparedSweep& prepared, Source& source, const BackendEntry& backend, Sink& sink,
           const SweepListeners& listeners)
      : prepared_(prepared),
        plan_(prepared.plan),
        source_(source),
        backend_(backend),
        sink_(sink),
        listeners_(listeners) {}

  SweepSummary run() {
    try {
      summary_.elapsed_seconds = seconds_of([&] { compute_and_judge(); });
      summary_.elapsed_seconds += seconds_of([&] { sink_.finish(closing()); });
    } catch (const Error& error) {
      stop(error);
      throw;
    } catch (const std::bad_alloc&) {
      constexpr const char* what = "out of memory; lower --memory, --threads or --vocab";
      stop(MemoryError(what));
      throw MemoryError(what);
    }
    return summary_;
  }

 private:
  void stop(const Error& error) { suspend(sink_, error, summary_.points, grid_points(plan_)); }

  void compute_and_judge() {
    DigestTask digest(source_.files());
    write_coordinates(prepared_, sink_);
    compute();
    hash_ = digest.get();
    throw_if_interrupted();
    if (plan_.samples > 0) {
      summary_.verdict = give_verdict();
    }
  }

  void compute() {
    Pipeline pipeline(prepared_, source_, backend_);
    Reader reader(pipeline);
    std::vector<std::unique_ptr<Worker>> workers;
    try {
      for (int w = 0; w < pipeline.workers; ++w) {
        workers.push_back(std::make_unique<Worker>(pipeline, w));
      }
      take_deliveries(pipeline);
    } catch (...) {
      pipeline.fail(std::current_exception());
    }
    summary_.stages.reading = reader.join();
    account(pipeline, workers);
    if (const auto error = pipeline.error()) {
      std::rethrow_exception(error);
    }
  }

  void account(const Pipeline& pipeline, const std::vector<std::unique_ptr<Worker>>& workers) {
    summary_.devices.resize(plan_.devices.size());
    std::vector<StageSeconds> stages(plan_.devices.size());
    for (std::size_t w = 0; w < workers.size(); ++w) {
      const std::size_t device = w / static_cast<std::size_t>(pipeline.lanes);
      const WorkerRecord record = workers[w]->join();
      add(record, stages[device]);
      summary_.devices[device].points += record.points;
      summary_.devices[device].lost = pipeline.device_lost(device) ? record.lost : "";
    }
    for (std::size_t d = 0; d < stages.size(); ++d) {
      const double busy = pipeline.busy[d].seconds();
      summary_.devices[d].seconds = busy;
      summary_.compute_seconds = std::max(summary_.compute_seconds, busy);
      StageSeconds& all = summary_.stages;
      all.uploading = std::max(all.uploading, stages[d].uploading);
      all.downloading = std::max(all.downloading, stages[d].downloading);
      all.computing = std::max(all.computing, std::min(busy, stages[d].computing));
      all.judging = std::max(all.judging, std::min(busy, stages[d].judging));
    }
  }

  /// Of a lane to its device's: copies share one bus; what is computed at once counts twice here.
  static void add(const WorkerRecord& record, StageSeconds& device) {
    device.uploading += record.copies.to_device;
    device.downloading += record.copies.from_device;
    device.computing += std::max(0.0, record.computing - record.copies.to_device - record.copies.from_device);
    device.judging += record.judging;
  }

  void take_deliveries(Pipeline& pipeline) {
    while (const auto delivery = pipeline.deliveries.pop()) {
      if (delivery->tile == nullptr) {
        if (listeners_.device_lost) {
          listeners_.device_lost(delivery->news);
        }
        continue;
      }
      summary_.stages.writing += seconds_of([&] { write(*delivery); });
      if (plan_.samples > 0) {
        collect(*delivery);
      }
      pipeline.free_tiles.push(delivery->tile);
      summary_.points += delivery->place.rows * delivery->place.temperatures;
      if (listeners_.progress) {
        listeners_.progress(summary_.points);
      }
    }
  }

  void write(const Delivery& delivery) {
    const TilePlace& place = delivery.place;
    if (!delivery.scans.empty()) {
      write_scans(place, delivery.scans);
    }
    delivery.tile->write(place, sink_);
    if (!delivery.bounds.empty()) {
      write_bounds(place, delivery.bounds);
    }
    sink_.flush();  // a full disk shows here, with its tile, and not when the file is closed
  }

  template <class T>
  void write_rows(const char* name, const TilePlace& place, const std::vector<T>& values) {
    sink_.write(variable_index(prepared_.schema, name),
                {{place.vocabulary, place.first_row}, {1, std::ssize(values)}},
                std::as_bytes(std::span(values)));
  }

  void write_scans(const TilePlace& place, const std::vector<RowScan>& scans) {
    std::vector<std::int64_t> top;
    std::vector<std::int8_t> status;
    for (const RowScan& scan : scans) {
      top.push_back(scan.status == RowStatus::ok ? scan.top_token : -1);
      status.push_back(static_cast<std::int8_t>(scan.status));
      summary_.skipped_rows += scan.status == RowStatus::ok ? 0 : 1;
    }
    write_rows("top_token", place, top);
    write_rows("row_status", place, status);
  }

  /// Once all temperatures are done: what a method errs by shows where it is used.
  void write_bounds(const TilePlace& place, const std::vector<ErrorBounds>& bounds) {
    std::vector<double> entropy;
    std::vector<double> log_partition;
    for (const ErrorBounds& bound : bounds) {
      entropy.push_back(bound.entropy);
      log_partition.push_back(bound.log_partition);
    }
    write_rows("entropy_error_bound", place, entropy);
    write_rows("log_partition_error_bound", place, log_partition);
  }

  void collect(const Delivery& delivery) {
    const TilePlace& place = delivery.place;
    const auto judged = delivery.tile->statistics(place.rows, place.temperatures);
    for (std::int64_t r = 0; r < place.rows; ++r) {
      for (std::int64_t t = 0; t < place.temperatures; ++t) {
        const auto i = static_cast<std::size_t>(r * place.temperatures + t);
        const auto index =
            grid_.index_of({place.vocabulary, place.first_row + r, place.first_temperature + t});
        referee_.add(index, tests_of(stored_tests([&](std::size_t s) { return judged[s][i]; })));
      }
    }
  }

  GridVerdict give_verdict() {
    std::vector<double> row(static_cast<std::size_t>(prepared_.tiling.columns));
    confirm(
        referee_, grid_,
        [&](std::int64_t r) {
          source_.read(plan_.first_row + r, 1, prepared_.tiling.columns, row.data());
          return std::span<const double>(row);
        },
        plan_.threads, listeners_.confirming);
    return referee_.verdict();
  }

  [[nodiscard]] Attributes closing() const {
    Attributes attributes = {{"input_digest", hash_},
                             {"end_time", utc_now()},
                             {"elapsed_seconds", summary_.elapsed_seconds},
                             {"compute_seconds", summary_.compute_seconds},
                             {"complete", std::int64_t{1}}};
    if (summary_.verdict) {
      const Attributes verdict = verdict_attributes(*summary_.verdict);
      attributes.insert(attributes.end(), verdict.begin(), verdict.end());
    }
    return attributes;
  }

  const PreparedSweep& prepared_;
  const SweepPlan& plan_;
  Source& source_;
  const BackendEntry& backend_;
  Sink& sink_;
  const SweepListeners& listeners_;
  SweepSummary summary_;
  std::string hash_;
  JudgedGrid grid_ = judged_grid(plan_);
  GridReferee referee_{plan_.alpha};
};

}  // namespace

SweepSummary run_sweep(const PreparedSweep& prepared, Source& source, const BackendEntry& backend, Sink& sink,
                       const SweepListeners& listeners) {
  return SweepRun(prepared, source, backend, sink, listeners).run();
}

}  // namespace tempsweep
