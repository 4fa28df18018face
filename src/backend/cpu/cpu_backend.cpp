// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/cpu_backend.hpp"

#include <algorithm>
#include <utility>

#include "tempsweep/core/parallel.hpp"
#include "tempsweep/wanted_sums.hpp"

#include "backend/cpu/evaluate_row.hpp"
#include "backend/cpu/planning.hpp"
#include "backend/cpu/prepared_row.hpp"
#include "backend/cpu/processor.hpp"
#include "backend/cpu/samplers.hpp"

namespace tempsweep::cpu {
namespace {

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
    block_ = block;
    rows_.resize(static_cast<std::size_t>(block.rows));
    scans_.resize(rows_.size());
    for (PreparedRow& row : rows_) {
      row.expansion.start(keeps_parts(wanted_));
    }
    take_rows(vocabulary_size, false);
  }

  void grow(std::int64_t vocabulary_size) override { take_rows(vocabulary_size, true); }

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
      stated[static_cast<std::size_t>(item)] = evaluate_row(
          {rows_[static_cast<std::size_t>(row)], static_cast<std::uint64_t>(block_.first_row + row),
           temperatures.subspan(static_cast<std::size_t>(first), length), row * count + first},
          wanted_, output, scratch_[static_cast<std::size_t>(worker)]);
    });
    for (std::size_t item = 0; item < stated.size(); ++item) {
      ErrorBounds& bound = bounds_[item / static_cast<std::size_t>(runs)];
      bound = larger(bound, stated[item]);
    }
  }

 private:
  /// The rows of the block at one vocabulary size. \param grown  they are prepared at a smaller one
  void take_rows(std::int64_t vocabulary_size, bool grown) {
    choice_ = choose(requests_, wanted_, vocabulary_size);
    bounds_.assign(rows_.size(), {});
    for (Scratch& scratch : scratch_) {
      scratch.points.rest.row = nullptr;
    }
    parallel_for(block_.rows, threads_, [&](std::int64_t r, int worker) {
      take_row(r, vocabulary_size, grown, scratch_[static_cast<std::size_t>(worker)]);
    });
    if (choice_.expands) {
      expand_rows();
    }
    if (wants(wanted_, MetricNeeds::unit_temperature)) {
      parallel_for(block_.rows, threads_, [&](std::int64_t r, int worker) {
        find_unit_reference(rows_[static_cast<std::size_t>(r)], scratch_[static_cast<std::size_t>(worker)]);
      });
    }
  }

  void take_row(std::int64_t r, std::int64_t vocabulary_size, bool grown, Scratch& scratch) {
    const auto i = static_cast<std::size_t>(r);
    const auto width = static_cast<std::size_t>(block_.width);
    PreparedRow& row = rows_[i];
    row.expansion.clear();
    const RowToPrepare input{block_.logits.subspan(i * width, width), vocabulary_size, wanted_.vocabulary_by,
                             block_.labels.empty() ? -1 : block_.labels[i]};
    const RowScan before = scans_[i];
    const auto known = row.logits.size();
    if (grown) {
      grow_row(input, row);
    } else {
      prepare_row(input, row);
    }
    scans_[i] = row.scan;
    if (!wants_order(wanted_) || row.scan.status != RowStatus::ok) {
      return;
    }
    if (grown && wanted_.vocabulary_by == VocabularyBy::prefix && before.status == RowStatus::ok &&
        before.maximum == row.scan.maximum) {
      grow_order(row.logits.subspan(known), row.scan, scratch.sorting, row.ordered);
    } else {
      order_tokens(row.logits, row.scan, scratch.sorting, row.ordered);
    }
  }

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
  RowBlock block_;
  std::vector<PreparedRow> rows_;
  std::vector<RowScan> scans_;
  std::vector<ErrorBounds> bounds_;
  std::vector<Scratch> scratch_;
};

std::unique_ptr<Backend> create(const Wanted& wanted, const BackendOptions& options) {
  return std::make_unique<CpuBackend>(wanted, options);
}

}  // namespace

BackendEntry backend_entry() {
  return {"cpu",
          [] { return std::string(); },
          create,
          needs,
          [] { return std::vector<std::string>{processor()}; },
          measure_processor,
          true,
          [](int) { return std::pmr::new_delete_resource(); },
          1,
          [](Sampler sampler) { return find_sampler(sampler) != nullptr; },
          false};
}

}  // namespace tempsweep::cpu
