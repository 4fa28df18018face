// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "tempsweep/core/method_choice.hpp"

#include "backend/cuda/device.hpp"
#include "backend/cuda/row_batch.hpp"
#include "backend/cuda/staging.hpp"

namespace tempsweep::cuda {

/// Moment ladders of the rows that the device holds, and series in β made from them.
class Expansions {
 public:
  /// Exponentials that a sum from moments is worth, about: 6700 operations against 17.
  static constexpr std::int64_t work_per_point = 400;

  explicit Expansions(const Device& device);

  /// Bytes of the device that a row takes, for rows of ordinary spread; others make OutOfDeviceMemory, and
  /// batches shrink.
  [[nodiscard]] static std::uint64_t bytes_per_row(const MethodChoice& methods, std::int64_t vocabulary_size);

  /// Queues what `methods` want of the rows. \param scans  of them \throws OutOfDeviceMemory
  void build(const RowView& rows, std::span<const RowScan> scans, const MethodChoice& methods,
             Staging& staging, kernels::Stream stream);
  [[nodiscard]] const ExpansionView& view() const { return view_; }

  /// Gives all memory back.
  void drop();

 private:
  void build_ladders(const RowView& rows, std::int64_t levels, double steepest, kernels::Stream stream);
  void make_series(const RowView& rows, const MethodChoice& methods, Staging& staging,
                   kernels::Stream stream);

  const Device& device_;
  ExpansionView view_;
  DeviceArray<double> leaves_, moments_, node_betas_;
  DeviceArray<std::uint32_t> additions_;
  DeviceArray<kernels::LadderRow> ladders_;
  DeviceArray<ChebyshevTable> table_;
  DeviceArray<std::int32_t> octaves_;
  DeviceArray<RestSums> node_sums_;
  DeviceArray<SumErrors> node_errors_;
  DeviceArray<OctaveSeries> series_;
};

}  // namespace tempsweep::cuda
