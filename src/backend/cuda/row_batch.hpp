// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tempsweep/backend.hpp"

#include "backend/cuda/device.hpp"
#include "backend/cuda/staging.hpp"

namespace tempsweep::cuda {

/// Ladders and series of the rows, none where they are summed token by token.
struct ExpansionView {
  const double* moments = nullptr;  ///< [rows, levels, ladder_bins, ladder_moments]
  const kernels::LadderRow* ladders = nullptr;
  std::int64_t levels = 0;                ///< 0: none
  const OctaveSeries* series = nullptr;   ///< [rows, octave_total]
  const std::int32_t* octaves = nullptr;  ///< ascending
  std::int64_t octave_total = 0;
};

/// What kernels are told of the rows that the device holds. Strides are in elements.
struct RowView {
  std::int64_t rows = 0;
  std::int64_t columns = 0;  ///< V
  std::int64_t stride = 0;
  const double* logits = nullptr;        ///< [rows, stride] of the vocabulary, ascending tokens
  const RowScan* scans = nullptr;        ///< [rows]; top_token counts within the vocabulary
  const std::uint32_t* token = nullptr;  ///< [rows, token_stride], or null where the vocabulary is a prefix
  std::int64_t token_stride = 0;
  const double* depths = nullptr;  ///< [rows, depth_stride] of the rest
  std::int64_t depth_stride = 0;
  const float* narrow = nullptr;  ///< [rows, narrow_stride] or null: minus the depths
  std::int64_t narrow_stride = 0;
  const double* ordered = nullptr;  ///< [rows, ordered_stride] or null: depths of OrderedRow
  const double* sorted = nullptr;   ///< [rows, ordered_stride] or null: logits, descending; for truncations
  const OrderedNode* nodes = nullptr;    ///< [rows, node_stride] or null
  const std::uint32_t* order = nullptr;  ///< [rows, ordered_stride] or null: places in the vocabulary, sorted
  std::int64_t ordered_stride = 0;
  std::int64_t node_stride = 0;
  ExpansionView expansion{};
};

/// How rows are taken.
struct RowShape {
  std::int64_t width = 0;  ///< of the input
  std::int64_t vocabulary_size = 0;
  bool narrow = false;  ///< whether float depths are wanted, too
};

/// Rows on the device: uploaded, scanned, cut to the vocabulary, their rest collected.
class RowBatch {
 public:
  RowBatch(const Device& device, const Wanted& wanted);

  /// Bytes of the device that a row takes.
  [[nodiscard]] std::uint64_t bytes_per_row(const RowShape& shape) const;

  /// Takes rows first … first + rows − 1 of the block. Returns when `scans` are on the
  /// host; the rest may still be computed. \throws OutOfDeviceMemory
  void load(const RowBlock& block, std::int64_t first, std::int64_t rows, const RowShape& shape,
            Staging& staging, kernels::Stream stream);

  [[nodiscard]] const RowView& view() const { return view_; }
  /// [rows], top_token as a place in the vocabulary.
  [[nodiscard]] std::span<const RowScan> scans() const { return host_scans_; }
  /// By rank: appends [rows, token_stride] input indices, of which the first V of a sound row count.
  void download_tokens(std::vector<std::uint32_t>& tokens, Staging& staging, kernels::Stream stream) const;
  [[nodiscard]] static std::int64_t token_stride(const RowShape& shape) {
    return kernels::round_up(shape.vocabulary_size, kernels::row_alignment);
  }

  /// Gives all memory back.
  void drop();

 private:
  void scan(const double* logits, std::int64_t columns, std::int64_t stride, const RowScan* whole,
            RowScan* to, kernels::Stream stream);
  void sort(std::int64_t columns, std::int64_t stride, kernels::Stream stream);
  /// Sorts places along: once a row, for everything that asks for order.
  void sort_places(double* keys, std::int64_t stride, kernels::Stream stream);
  void order(std::int64_t stride, kernels::Stream stream);
  void select_by_rank(std::int64_t width, std::int64_t stride, kernels::Stream stream);
  void collect(const kernels::Cut* cuts, kernels::CollectKept& out, kernels::Stream stream);
  void collect_rest(bool narrow, kernels::Stream stream);

  const Device& device_;
  bool by_rank_;
  bool ordered_;
  bool truncated_;
  bool judged_;
  RowView view_;
  std::vector<RowScan> host_scans_;

  DeviceArray<double> logits_, selected_, sorted_, order_depths_, depths_;
  DeviceArray<float> narrow_;
  DeviceArray<std::uint32_t> token_, numbered_, order_;
  DeviceArray<std::byte> sort_space_;
  DeviceArray<ScanPart> parts_;
  DeviceArray<RowScan> whole_scans_, scans_;
  DeviceArray<kernels::Cut> cuts_;
  DeviceArray<kernels::KeptCount> counts_;
  DeviceArray<OrderedNode> nodes_;
};

}  // namespace tempsweep::cuda
