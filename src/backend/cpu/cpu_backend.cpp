// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/cpu_backend.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <string>
#include <utility>

#include "tempsweep/core/memory.hpp"
#include "tempsweep/core/parallel.hpp"

#include "backend/cpu/evaluate_row.hpp"
#include "backend/cpu/kernels.hpp"
#include "backend/cpu/prepared_row.hpp"
#include "backend/cpu/sum_paths.hpp"

namespace tempsweep::cpu {
namespace {

/// ln(g + Z′) at T = 1, the reference of divergences.
double unit_log_partition(const PreparedRow& row, Rest& rest) {
  collect_rest(row, rest);
  const double beta = 1;
  RestSums sums;
  rest_sums(rest.depths.data(), rest.count, rest.deepest, std::span(&beta, 1), false, std::span(&sums, 1));
  return make_law(row.scan, 1.0, sums).shifted_log_partition;
}

class CpuBackend final : public Backend {
 public:
  CpuBackend(Wanted wanted, const BackendOptions& options)
      : wanted_(std::move(wanted)),
        threads_(std::max(1, options.threads)),
        scratch_(static_cast<std::size_t>(threads_)) {}

  void load(const RowBlock& block, std::int64_t vocabulary_size) override {
    first_row_ = block.first_row;
    rows_.resize(static_cast<std::size_t>(block.rows));
    scans_.resize(rows_.size());
    for (Scratch& scratch : scratch_) {
      scratch.rest.row = nullptr;
    }
    parallel_for(block.rows, threads_, [&](std::int64_t r, int worker) {
      const auto i = static_cast<std::size_t>(r);
      const auto width = static_cast<std::size_t>(block.width);
      prepare_row(block.logits.subspan(i * width, width), vocabulary_size, wanted_.vocabulary_by,
                  block.labels.empty() ? -1 : block.labels[i], rows_[i]);
      scans_[i] = rows_[i].scan;
      if (wants(wanted_, MetricNeeds::unit_temperature) && scans_[i].status == RowStatus::ok) {
        rows_[i].unit_log_partition =
            unit_log_partition(rows_[i], scratch_[static_cast<std::size_t>(worker)].rest);
      }
    });
  }

  [[nodiscard]] std::span<const RowScan> scans() const override { return scans_; }

  [[nodiscard]] std::span<const std::uint32_t> vocabulary(std::int64_t row) const override {
    return rows_[static_cast<std::size_t>(row)].tokens;
  }

  [[nodiscard]] ErrorBounds error_bounds(std::int64_t row) const override {
    const ErrorBounds bounds = direct_error_bounds(scans_[static_cast<std::size_t>(row)].unmasked);
    const double tolerance = sums_tolerance(wanted_);
    if (!has_cheaper_path(tolerance)) {
      return bounds;
    }
    return {std::max(bounds.entropy, tolerance), std::max(bounds.log_partition, tolerance)};
  }

  void evaluate(std::span<const double> temperatures, const TileOutput& output) override {
    const auto count = std::ssize(temperatures);
    const std::int64_t run = run_length(count);
    const std::int64_t runs = (count + run - 1) / run;
    parallel_for(std::ssize(rows_) * runs, threads_, [&](std::int64_t item, int worker) {
      const std::int64_t row = item / runs;
      const std::int64_t first = item % runs * run;
      const auto length = static_cast<std::size_t>(std::min(run, count - first));
      evaluate_row({rows_[static_cast<std::size_t>(row)], static_cast<std::uint64_t>(first_row_ + row),
                    temperatures.subspan(static_cast<std::size_t>(first), length), row * count + first},
                   wanted_, output, scratch_[static_cast<std::size_t>(worker)]);
    });
  }

 private:
  /// Temperatures a work item: enough items for every thread, and not more than a block of logits in the
  /// cache can serve. No result depends on it.
  [[nodiscard]] std::int64_t run_length(std::int64_t temperatures) const {
    const std::int64_t items_wanted = 4 * std::int64_t{threads_};
    const std::int64_t runs =
        (items_wanted + std::ssize(rows_) - 1) / std::max<std::int64_t>(1, std::ssize(rows_));
    return std::clamp<std::int64_t>((temperatures + runs - 1) / runs, 1, 64);
  }

  Wanted wanted_;
  int threads_;
  std::int64_t first_row_ = 0;
  std::vector<PreparedRow> rows_;
  std::vector<RowScan> scans_;
  std::vector<Scratch> scratch_;
};

std::unique_ptr<Backend> create(const Wanted& wanted, const BackendOptions& options) {
  return std::make_unique<CpuBackend>(wanted, options);
}

BackendNeeds needs(const Wanted& wanted, std::int64_t largest_vocabulary) {
  const auto tokens = static_cast<std::uint64_t>(largest_vocabulary);
  BackendNeeds need;
  need.bytes_per_loaded_row = sizeof(PreparedRow) + sizeof(RowScan);
  if (wanted.vocabulary_by == VocabularyBy::rank) {
    // The index of the whole row is sorted before it is cut to the vocabulary.
    need.bytes_per_loaded_row += tokens * sizeof(double) + static_cast<std::uint64_t>(wanted.tokens) * 4;
  }
  need.bytes_per_thread = 64 * (sizeof(Law) + 2 * sizeof(RestSums) + std::uint64_t{2} * 1400) +
                          tokens * (sizeof(float) + sizeof(double));
  if (wanted.samples > 0) {
    need.bytes_per_thread += alias_bytes(tokens) + tokens * (sizeof(double) + sizeof(std::uint64_t));
  }
  return need;
}

/// The processor's name and the instruction set that the kernels take on it.
std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  std::string name = "unknown processor";
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("model name")) {
      name = line.substr(line.find(':') + 2);
      break;
    }
  }
  return name + ", " + instruction_set();
}

/// Bytes a second that one thread copies, read and written counted once each.
double copy_rate() {
  const std::vector<double> from(std::size_t{8} << 20U, 1.0);
  std::vector<double> to(from.size());
  const auto start = std::chrono::steady_clock::now();
  std::copy(from.begin(), from.end(), to.begin());
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return 2.0 * static_cast<double>(from.size() * sizeof(double)) / seconds;
}

DeviceReport measure(int) {
  const std::uint64_t memory = available_memory();
  return {processor(), memory, memory, 0, available_threads(), "threads", multiply_add_rate(), copy_rate()};
}

}  // namespace

BackendEntry backend_entry() {
  return {"cpu",
          [] { return std::string(); },
          create,
          needs,
          [] { return std::vector<std::string>{processor()}; },
          measure,
          true};
}

}  // namespace tempsweep::cpu
