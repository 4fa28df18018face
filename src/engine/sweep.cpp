// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "tempsweep/core/clock.hpp"
#include "tempsweep/core/errors.hpp"
#include "tempsweep/core/interrupt.hpp"
#include "tempsweep/engine.hpp"

#include "engine/coordinates.hpp"
#include "engine/digest_task.hpp"
#include "engine/grid_judge.hpp"
#include "engine/layout.hpp"
#include "engine/prepare.hpp"
#include "engine/row_reason.hpp"
#include "engine/tile_buffers.hpp"
#include "engine/tile_statistics.hpp"

namespace tempsweep {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

class SweepRun {
 public:
  SweepRun(const PreparedSweep& prepared, Source& source, const BackendEntry& backend, Sink& sink,
           const SweepListeners& listeners)
      : prepared_(prepared),
        plan_(prepared.plan),
        source_(source),
        sink_(sink),
        listeners_(listeners),
        backend_(backend.create(wanted_of(prepared.plan, prepared.tiling.columns, backend),
                                {prepared.plan.threads, prepared.plan.device})),
        buffers_(prepared) {}

  SweepSummary run() {
    const auto start = Clock::now();
    DigestTask digest(source_.files());
    write_coordinates(prepared_, sink_);
    logits_.resize(static_cast<std::size_t>(prepared_.tiling.rows * prepared_.tiling.columns));
    for (std::int64_t row = 0; row < plan_.rows; row += prepared_.tiling.rows) {
      sweep_block(row, std::min(prepared_.tiling.rows, plan_.rows - row));
    }
    const std::string hash = digest.get();
    throw_if_interrupted();
    summary_.points = done_;
    if (plan_.samples > 0) {
      summary_.verdict = give_verdict();
    }
    summary_.elapsed_seconds = seconds_since(start);
    Attributes closing = {{"input_digest", hash},
                          {"end_time", utc_now()},
                          {"elapsed_seconds", summary_.elapsed_seconds},
                          {"compute_seconds", summary_.compute_seconds},
                          {"complete", std::int64_t{1}}};
    if (summary_.verdict) {
      const Attributes verdict = verdict_attributes(*summary_.verdict);
      closing.insert(closing.end(), verdict.begin(), verdict.end());
    }
    sink_.finish(closing);
    return summary_;
  }

 private:
  void sweep_block(std::int64_t row, std::int64_t rows) {
    throw_if_interrupted();
    const std::int64_t columns = prepared_.tiling.columns;
    source_.read(plan_.first_row + row, rows, columns, logits_.data());
    RowBlock block{std::span(logits_).first(static_cast<std::size_t>(rows * columns)),
                   rows,
                   columns,
                   plan_.first_row + row,
                   {}};
    if (!plan_.labels.empty()) {
      block.labels =
          std::span(plan_.labels)
              .subspan(static_cast<std::size_t>(plan_.first_row + row), static_cast<std::size_t>(rows));
    }
    for (std::int64_t v = 0; v < std::ssize(plan_.vocabulary_sizes); ++v) {
      load(block, v, row);
      sweep_temperatures(block, v, row);
      write_bounds(v, row, rows);
    }
  }

  void load(const RowBlock& block, std::int64_t vocabulary, std::int64_t row) {
    const auto start = Clock::now();
    const std::int64_t size = plan_.vocabulary_sizes[static_cast<std::size_t>(vocabulary)];
    if (vocabulary == 0) {
      backend_->load(block, size);
    } else {
      backend_->grow(size);
    }
    summary_.compute_seconds += seconds_since(start);
    check_rows(block, size);
    write_scans(vocabulary, row, block.rows);
  }

  void check_rows(const RowBlock& block, std::int64_t vocabulary_size) {
    for (std::int64_t r = 0; r < block.rows; ++r) {
      const RowScan& scan = backend_->scans()[static_cast<std::size_t>(r)];
      if (scan.status == RowStatus::ok) {
        continue;
      }
      ++summary_.skipped_rows;
      if (plan_.on_bad_row == OnBadRow::stop) {
        throw InputError(fmt::format("{}: {}; repair the input, or skip such rows with --on-bad-row skip",
                                     source_.place_of(block.first_row + r),
                                     why_no_law(scan, vocabulary_size)));
      }
    }
  }

  template <class T>
  void write_rows(const char* name, std::int64_t vocabulary, std::int64_t row, const std::vector<T>& values) {
    sink_.write(variable_index(prepared_.schema, name), {{vocabulary, row}, {1, std::ssize(values)}},
                std::as_bytes(std::span(values)));
  }

  void write_scans(std::int64_t vocabulary, std::int64_t row, std::int64_t rows) {
    std::vector<std::int64_t> top;
    std::vector<std::int8_t> status;
    for (const RowScan& scan : backend_->scans().first(static_cast<std::size_t>(rows))) {
      top.push_back(scan.status == RowStatus::ok ? scan.top_token : -1);
      status.push_back(static_cast<std::int8_t>(scan.status));
    }
    write_rows("top_token", vocabulary, row, top);
    write_rows("row_status", vocabulary, row, status);
  }

  /// Once all temperatures are done: what a method errs by shows where it is used.
  void write_bounds(std::int64_t vocabulary, std::int64_t row, std::int64_t rows) {
    std::vector<double> entropy;
    std::vector<double> log_partition;
    for (std::int64_t r = 0; r < rows; ++r) {
      const bool ok = backend_->scans()[static_cast<std::size_t>(r)].status == RowStatus::ok;
      const ErrorBounds bounds = backend_->error_bounds(r);
      entropy.push_back(ok ? bounds.entropy : std::nan(""));
      log_partition.push_back(ok ? bounds.log_partition : std::nan(""));
    }
    write_rows("entropy_error_bound", vocabulary, row, entropy);
    write_rows("log_partition_error_bound", vocabulary, row, log_partition);
  }

  void sweep_temperatures(const RowBlock& block, std::int64_t vocabulary, std::int64_t row) {
    const auto all = std::ssize(plan_.temperatures);
    for (std::int64_t first = 0; first < all; first += prepared_.tiling.temperatures) {
      const TilePlace place{vocabulary, row, block.rows, first,
                            std::min(prepared_.tiling.temperatures, all - first)};
      compute(block, place);
      buffers_.write(place, sink_);
      sink_.flush();  // a full disk shows here, with its tile, and not when the file is closed
      done_ += place.rows * place.temperatures;
      if (listeners_.progress) {
        listeners_.progress(done_);
      }
    }
  }

  void compute(const RowBlock& block, const TilePlace& place) {
    const auto start = Clock::now();
    const auto temperatures = std::span(plan_.temperatures)
                                  .subspan(static_cast<std::size_t>(place.first_temperature),
                                           static_cast<std::size_t>(place.temperatures));
    const TileOutput output = buffers_.output(place.rows, place.temperatures);
    backend_->evaluate(temperatures, output);
    if (plan_.samples > 0) {
      const auto judged = buffers_.statistics(place.rows, place.temperatures);
      judge_tile({block, *backend_, plan_.vocabulary_sizes[static_cast<std::size_t>(place.vocabulary)],
                  temperatures, output.count, output.judged, prepared_.tiling.columns, plan_.samples,
                  plan_.seed, plan_.sampler, plan_.truncation},
                 plan_.threads, judged);
      collect(judged, place);
    }
    summary_.compute_seconds += seconds_since(start);
  }

  void collect(const std::vector<std::span<double>>& judged, const TilePlace& place) {
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

  const PreparedSweep& prepared_;
  const SweepPlan& plan_;
  Source& source_;
  Sink& sink_;
  const SweepListeners& listeners_;
  std::unique_ptr<Backend> backend_;
  TileBuffers buffers_;
  std::vector<double> logits_;
  SweepSummary summary_;
  JudgedGrid grid_ = judged_grid(plan_);
  GridReferee referee_{plan_.alpha};
  std::int64_t done_ = 0;
};

}  // namespace

SweepSummary run_sweep(const PreparedSweep& prepared, Source& source, const BackendEntry& backend, Sink& sink,
                       const SweepListeners& listeners) {
  return SweepRun(prepared, source, backend, sink, listeners).run();
}

}  // namespace tempsweep
