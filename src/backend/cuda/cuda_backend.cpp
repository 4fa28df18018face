// SPDX-License-Identifier: Apache-2.0
#include "backend/cuda/cuda_backend.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/core/interrupt.hpp"
#include "tempsweep/core/number.hpp"
#include "tempsweep/wanted_sums.hpp"

#include "backend/cuda/dense_results.hpp"
#include "backend/cuda/device.hpp"
#include "backend/cuda/expansions.hpp"
#include "backend/cuda/method_costs.hpp"
#include "backend/cuda/ordering_results.hpp"
#include "backend/cuda/point_results.hpp"
#include "backend/cuda/row_batch.hpp"
#include "backend/cuda/staging.hpp"
#include "backend/cuda/stated_errors.hpp"

namespace tempsweep::cuda {
namespace {

/// Exponentials of a part: a few tenths of a second in double precision.
constexpr std::int64_t work_per_part = std::int64_t{1} << 37U;

class CudaBackend final : public Backend {
 public:
  CudaBackend(kernels::Runtime& runtime, Wanted wanted, int device, int lanes)
      : wanted_(std::move(wanted)),
        requests_(requests_of(wanted_)),
        device_(runtime, device),
        stream_(device_),
        staging_(device_),
        rows_(device_, wanted_),
        expansions_(device_),
        points_(device_, wanted_),
        ordering_(device_, wanted_),
        dense_(device_, wanted_),
        budget_(device_.free_bytes() / 10 * 9 / static_cast<std::uint64_t>(lanes)) {
    wanted_.grid = {};
    dense_.set_budget(std::min<std::uint64_t>(budget_ / 4, std::uint64_t{1} << 33U));
  }

  void load(const RowBlock& block, std::int64_t vocabulary_size) override {
    block_ = block;
    const bool in_float = PointResults::tries_float(wanted_, vocabulary_size);
    methods_ = choose_method(requests_, wanted_.method, method_costs(in_float), vocabulary_size);
    points_.set_methods(methods_);
    shape_ = {block.width, vocabulary_size, in_float && !methods_.expands};
    stated_.reset(block.rows);
    scans_.clear();
    tokens_.clear();
    label_depths_.clear();
    resident_ = {};
    const std::uint64_t row =
        rows_.bytes_per_row(shape_) + Expansions::bytes_per_row(methods_, vocabulary_size);
    batch_ = std::clamp<std::int64_t>(static_cast<std::int64_t>(budget_ / 2 / row), 1, block.rows);
    for (std::int64_t first = 0; first < block.rows; first = std::ssize(scans_)) {
      shrinking([&] { take(first); });
      scans_.insert(scans_.end(), rows_.scans().begin(), rows_.scans().end());
      rows_.download_tokens(tokens_, staging_, stream_.get());
    }
    name_top_tokens();
    measure_labels();
  }

  /// The rows that are resident are not always those that come first, so that nothing is used again.
  void grow(std::int64_t vocabulary_size) override { load(RowBlock(block_), vocabulary_size); }

  [[nodiscard]] std::span<const RowScan> scans() const override { return scans_; }

  [[nodiscard]] std::span<const std::uint32_t> vocabulary(std::int64_t row) const override {
    if (tokens_.empty() || scans_[static_cast<std::size_t>(row)].status != RowStatus::ok) {
      return {};
    }
    const std::int64_t stride = RowBatch::token_stride(shape_);
    return std::span(tokens_).subspan(static_cast<std::size_t>(row * stride),
                                      static_cast<std::size_t>(shape_.vocabulary_size));
  }

  [[nodiscard]] ErrorBounds error_bounds(std::int64_t row) const override { return stated_.of(row); }

  [[nodiscard]] CopySeconds copy_seconds() override { return staging_.copy_seconds(); }

  void evaluate(std::span<const double> temperatures, const TileOutput& output) override {
    for (std::int64_t first = 0; first < block_.rows; first += resident_.rows) {
      shrinking([&] {
        if (resident_.rows == 0 || resident_.first != first) {
          take(first);
        }
        refer();
        evaluate_rows(temperatures, output);
      });
    }
  }

 private:
  /// The rows of the block that the device holds.
  struct Resident {
    std::int64_t first = 0;
    std::int64_t rows = 0;
    bool referred = false;  ///< whether labels and T = 1 are there, too
  };

  /// Runs `work` with fewer and fewer rows at once until the device's memory suffices.
  template <class Work>
  void shrinking(const Work& work) {
    while (true) {
      try {
        work();
        return;
      } catch (const OutOfDeviceMemory& shortage) {
        rows_.drop();
        expansions_.drop();
        points_.drop();
        ordering_.drop();
        dense_.drop();
        resident_ = {};
        if (batch_ == 1) {
          throw MemoryError(
              fmt::format("the device's memory is too small: one row of {} tokens needs another {}, and {} "
                          "are free; lower "
                          "--vocab, or run with --backend cpu",
                          block_.width, format_bytes(shortage.bytes()), format_bytes(device_.free_bytes())));
        }
        batch_ = (batch_ + 1) / 2;
      }
    }
  }

  void take(std::int64_t first) {
    throw_if_interrupted();
    const std::int64_t rows = std::min(batch_, block_.rows - first);
    device_.set_place(rows_text(first, rows));
    resident_ = {};
    rows_.load(block_, first, rows, shape_, staging_, stream_.get());
    view_ = rows_.view();
    if (methods_.expands) {
      expansions_.build(view_, rows_.scans(), methods_, staging_, stream_.get());
      view_.expansion = expansions_.view();
    }
    resident_ = {first, rows, false};
  }

  [[nodiscard]] std::string rows_text(std::int64_t first, std::int64_t rows) const {
    return fmt::format("rows {} to {}", block_.first_row + first, block_.first_row + first + rows - 1);
  }

  void refer() {
    if (resident_.referred) {
      return;
    }
    const auto depths = label_depths_.empty() ? std::span<const double>()
                                              : std::span<const double>(label_depths_)
                                                    .subspan(static_cast<std::size_t>(resident_.first),
                                                             static_cast<std::size_t>(resident_.rows));
    points_.set_rows(view_, depths, staging_, stream_.get());
    resident_.referred = true;
  }

  /// From a place in the vocabulary to an index of the input.
  void name_top_tokens() {
    for (std::size_t row = 0; row < scans_.size() && !tokens_.empty(); ++row) {
      if (scans_[row].status == RowStatus::ok) {
        scans_[row].top_token =
            vocabulary(static_cast<std::int64_t>(row))[static_cast<std::size_t>(scans_[row].top_token)];
      }
    }
  }

  void measure_labels() {
    if (block_.labels.empty()) {
      return;
    }
    for (std::int64_t row = 0; row < block_.rows; ++row) {
      label_depths_.push_back(label_depth(row, block_.labels[static_cast<std::size_t>(row)]));
    }
  }

  /// m − l of the label, NaN outside the vocabulary.
  [[nodiscard]] double label_depth(std::int64_t row, std::int64_t label) const {
    const RowScan& scan = scans_[static_cast<std::size_t>(row)];
    const auto chosen = vocabulary(row);
    const bool inside = tokens_.empty() ? label >= 0 && label < shape_.vocabulary_size
                                        : std::binary_search(chosen.begin(), chosen.end(), label);
    if (scan.status != RowStatus::ok || !inside) {
      return ieee::nan;
    }
    return scan.maximum - block_.logits[static_cast<std::size_t>(row * block_.width + label)];
  }

  [[nodiscard]] std::int64_t temperatures_at_once(std::int64_t all) const {
    const std::uint64_t row =
        (points_.bytes_per_point(shape_.vocabulary_size) + ordering_.bytes_per_point()) *
        static_cast<std::uint64_t>(resident_.rows);
    const auto fitting = static_cast<std::int64_t>(budget_ / 4 / row);
    const std::int64_t tokens = shape_.vocabulary_size;
    const std::int64_t work = methods_.expands ? std::min(tokens, Expansions::work_per_point) : tokens;
    const std::int64_t quick = work_per_part / (work * resident_.rows);
    return std::clamp<std::int64_t>(std::min(fitting, quick), 1, all);
  }

  void evaluate_rows(std::span<const double> temperatures, const TileOutput& output) {
    const auto all = std::ssize(temperatures);
    std::int64_t step = temperatures_at_once(all);
    for (std::int64_t first = 0; first < all;) {
      const std::int64_t count = std::min(step, all - first);
      try {
        evaluate_part(temperatures, {resident_.first, resident_.rows, first, count, all}, output);
        first += count;
      } catch (const OutOfDeviceMemory&) {
        points_.drop();
        ordering_.drop();
        dense_.drop();
        if (!dense_.shrink(shape_.vocabulary_size)) {
          if (step == 1) {
            throw;
          }
          step = (step + 1) / 2;
        }
      }
    }
  }

  void evaluate_part(std::span<const double> temperatures, const TilePart& part, const TileOutput& output) {
    throw_if_interrupted();
    const auto chosen = temperatures.subspan(static_cast<std::size_t>(part.first_temperature),
                                             static_cast<std::size_t>(part.temperatures));
    device_.set_place(fmt::format("{}, T = {:.6g} to {:.6g}", rows_text(part.first_row, part.rows),
                                  chosen.front(), chosen.back()));
    points_.compute(view_, chosen, part, output, staging_, stream_.get());
    ordering_.compute(view_, points_.temperatures(), part, output, staging_, stream_.get());
    stream_.synchronise();
    stated_.add(part.first_row, points_.stated(), scans_);
    dense_.compute(view_, points_, part, block_.first_row + part.first_row, output, staging_);
  }

  Wanted wanted_;
  BetaRequests requests_;
  Device device_;
  DeviceStream stream_;
  Staging staging_;
  RowBatch rows_;
  Expansions expansions_;
  PointResults points_;
  OrderingResults ordering_;
  DenseResults dense_;
  std::uint64_t budget_;
  std::int64_t batch_ = 1;
  Resident resident_;
  RowBlock block_;
  RowShape shape_;
  MethodChoice methods_;
  RowView view_;
  StatedErrors stated_;
  std::vector<RowScan> scans_;
  std::vector<std::uint32_t> tokens_;  ///< by rank: [rows, token_stride]
  std::vector<double> label_depths_;
};

}  // namespace

MemoryError no_memory_to_begin(const OutOfDeviceMemory& shortage) {
  const std::string missing = shortage.bytes() > 0 ? format_bytes(shortage.bytes()) : "memory";
  return MemoryError(
      fmt::format("the device, or the host for its sake, has no {} left to begin with; free some, or run "
                  "with --backend cpu",
                  missing));
}

std::unique_ptr<Backend> make_backend(kernels::Runtime& runtime, const Wanted& wanted, int device,
                                      int lanes) {
  try {
    return std::make_unique<CudaBackend>(runtime, wanted, device, lanes);
  } catch (const OutOfDeviceMemory& shortage) {
    throw no_memory_to_begin(shortage);
  }
}

}  // namespace tempsweep::cuda
