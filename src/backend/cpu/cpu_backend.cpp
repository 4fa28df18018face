// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/cpu_backend.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <string>
#include <utility>

#include "tempsweep/core/memory.hpp"
#include "tempsweep/core/parallel.hpp"
#include "tempsweep/wanted_sums.hpp"

#include "backend/cpu/evaluate_row.hpp"
#include "backend/cpu/kernels.hpp"
#include "backend/cpu/method_costs.hpp"
#include "backend/cpu/prepared_row.hpp"
#include "backend/cpu/sum_paths.hpp"

namespace tempsweep::cpu {
namespace {

/// Logits that rows are taken to span when memory is planned: a ladder has a level more for each doubling.
constexpr double widest_spread = 1e4;

MethodChoice choose(const BetaRequests& requests, const Wanted& wanted, std::int64_t vocabulary_size) {
  MethodChoice choice = choose_method(requests, wanted.method,
                                      method_costs(wanted.tolerance, vocabulary_size), vocabulary_size);
  choice.most_levels = MomentLadder::levels_for(widest_spread, choice.steepest, vocabulary_size);
  return choice;
}

class CpuBackend final : public Backend {
 public:
  CpuBackend(Wanted wanted, const BackendOptions& options)
      : wanted_(std::move(wanted)),
        requests_(requests_of(wanted_)),
        threads_(std::max(1, options.threads)),
        scratch_(static_cast<std::size_t>(threads_)) {
    wanted_.grid = {};
  }

  void load(const RowBlock& block, std::int64_t vocabulary_size) override {
    first_row_ = block.first_row;
    choice_ = choose(requests_, wanted_, vocabulary_size);
    rows_.resize(static_cast<std::size_t>(block.rows));
    scans_.resize(rows_.size());
    bounds_.assign(rows_.size(), {});
    for (Scratch& scratch : scratch_) {
      scratch.points.rest.row = nullptr;
    }
    parallel_for(block.rows, threads_, [&](std::int64_t r, int worker) {
      const auto i = static_cast<std::size_t>(r);
      const auto width = static_cast<std::size_t>(block.width);
      rows_[i].expansion.clear();
      prepare_row(block.logits.subspan(i * width, width), vocabulary_size, wanted_.vocabulary_by,
                  block.labels.empty() ? -1 : block.labels[i], rows_[i]);
      scans_[i] = rows_[i].scan;
      if (wants_order(wanted_) && scans_[i].status == RowStatus::ok) {
        order_tokens(rows_[i].logits, scans_[i], scratch_[static_cast<std::size_t>(worker)].sorting,
                     rows_[i].ordered);
      }
    });
    if (choice_.expands) {
      expand_rows();
    }
    if (wants(wanted_, MetricNeeds::unit_temperature)) {
      parallel_for(block.rows, threads_, [&](std::int64_t r, int worker) {
        find_unit_reference(rows_[static_cast<std::size_t>(r)], scratch_[static_cast<std::size_t>(worker)]);
      });
    }
  }

  [[nodiscard]] std::span<const RowScan> scans() const override { return scans_; }

  [[nodiscard]] std::span<const std::uint32_t> vocabulary(std::int64_t row) const override {
    return rows_[static_cast<std::size_t>(row)].tokens;
  }

  [[nodiscard]] ErrorBounds error_bounds(std::int64_t row) const override {
    return bounds_[static_cast<std::size_t>(row)];
  }

  void evaluate(std::span<const double> temperatures, const TileOutput& output) override {
    const auto count = std::ssize(temperatures);
    const std::int64_t run = run_length(count);
    const std::int64_t runs = (count + run - 1) / run;
    std::vector<ErrorBounds> stated(static_cast<std::size_t>(std::ssize(rows_) * runs));
    parallel_for(std::ssize(rows_) * runs, threads_, [&](std::int64_t item, int worker) {
      const std::int64_t row = item / runs;
      const std::int64_t first = item % runs * run;
      const auto length = static_cast<std::size_t>(std::min(run, count - first));
      stated[static_cast<std::size_t>(item)] =
          evaluate_row({rows_[static_cast<std::size_t>(row)], static_cast<std::uint64_t>(first_row_ + row),
                        temperatures.subspan(static_cast<std::size_t>(first), length), row * count + first},
                       wanted_, output, scratch_[static_cast<std::size_t>(worker)]);
    });
    for (std::size_t item = 0; item < stated.size(); ++item) {
      ErrorBounds& bound = bounds_[item / static_cast<std::size_t>(runs)];
      bound = larger(bound, stated[item]);
    }
  }

 private:
  /// Rows side by side; one row of many tokens after the other where there are fewer rows than threads.
  void expand_rows() {
    const auto with_rest = [&](std::int64_t r) {
      const RowScan& scan = scans_[static_cast<std::size_t>(r)];
      return scan.status == RowStatus::ok && scan.rest() > 0;
    };
    const bool together = std::ssize(rows_) < threads_ && !rows_.empty() &&
                          MomentLadder::has_parts(std::ssize(rows_.front().logits));
    if (together) {
      for (std::int64_t r = 0; r < std::ssize(rows_); ++r) {
        if (with_rest(r)) {
          expand_together(rows_[static_cast<std::size_t>(r)]);
        }
      }
      return;
    }
    parallel_for(std::ssize(rows_), threads_, [&](std::int64_t r, int worker) {
      if (with_rest(r)) {
        PreparedRow& row = rows_[static_cast<std::size_t>(r)];
        row.expansion.build(row.scan, inserted(row), choice_,
                            scratch_[static_cast<std::size_t>(worker)].insert);
      }
    });
  }

  /// All threads on one row.
  void expand_together(PreparedRow& row) {
    const InsertedRow logits = inserted(row);
    if (scratch_.front().insert.distinct.collect(logits)) {
      row.expansion.build(row.scan, logits, choice_, scratch_.front().insert);
      return;
    }
    row.expansion.begin(row.scan, logits, choice_);
    parallel_for(row.expansion.parts(), threads_, [&](std::int64_t part, int worker) {
      row.expansion.insert(part, logits, scratch_[static_cast<std::size_t>(worker)].insert.bins);
    });
    row.expansion.finish(choice_);
  }

  void find_unit_reference(PreparedRow& row, Scratch& scratch) const {
    if (row.scan.status != RowStatus::ok) {
      return;
    }
    PointScratch& points = scratch.points;
    points.sums.beta[0] = 1;
    make_points({row, wanted_.tolerance, weight_tolerance(wanted_), sums_tolerance(wanted_), false}, 1,
                points);
    // The same function of the same sums as at a grid's T = 1, so that the divergence there is exactly 0.
    row.unit_log_partition = points.laws.plain[0] != 0
                                 ? points.laws.shifted_log_partition[0]
                                 : make_law(row.scan, 1.0, points.sums.sums(0)).shifted_log_partition;
  }

  /// Temperatures a work item: enough items for every thread, and, where tokens are summed, not more than a
  /// block of logits in the cache can serve. No result depends on it.
  [[nodiscard]] std::int64_t run_length(std::int64_t temperatures) const {
    const std::int64_t items_wanted = 4 * std::int64_t{threads_};
    const std::int64_t runs =
        (items_wanted + std::ssize(rows_) - 1) / std::max<std::int64_t>(1, std::ssize(rows_));
    const std::int64_t longest = choice_.expands ? 4096 : 64;
    return std::clamp<std::int64_t>((temperatures + runs - 1) / runs, 1, longest);
  }

  Wanted wanted_;
  BetaRequests requests_;
  MethodChoice choice_;
  int threads_;
  std::int64_t first_row_ = 0;
  std::vector<PreparedRow> rows_;
  std::vector<RowScan> scans_;
  std::vector<ErrorBounds> bounds_;
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
  const MethodChoice choice = choose(requests_of(wanted), wanted, largest_vocabulary);
  const std::uint64_t expansion = Expansion::bytes(choice);
  need.bytes_per_loaded_row += expansion;
  const bool every_token =
      !choice.expands || wanted.probabilities != ProbabilityFormat::none || wanted.samples > 0;
  need.work_per_point = every_token ? largest_vocabulary : 256;
  need.bytes_per_thread =
      sizeof(Scratch) + 64 * (2 * sizeof(RestSums) + std::uint64_t{2} * 1400) +
      (choice.expands ? MomentLadder::scratch_bytes(choice.most_levels, largest_vocabulary) : 0) +
      tokens * (sizeof(float) + sizeof(double));
  if (wants_order(wanted)) {
    need.bytes_per_loaded_row += ordered_bytes(largest_vocabulary);
    need.bytes_per_thread += tokens * sizeof(double);
  }
  if (wanted.samples > 0) {
    const CpuSampler* const sampler = find_sampler(wanted.sampler);
    need.bytes_per_thread +=
        tokens * (sizeof(double) + sizeof(std::uint64_t)) + (sampler == nullptr ? 0 : sampler->bytes(tokens));
    need.bytes_per_thread += wanted.truncation.any() ? tokens * sizeof(std::uint32_t) : 0;
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
          true,
          [](Sampler sampler) { return find_sampler(sampler) != nullptr; }};
}

}  // namespace tempsweep::cpu
