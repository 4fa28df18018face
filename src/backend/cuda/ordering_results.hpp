// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tempsweep/backend.hpp"

#include "backend/cuda/point_results.hpp"
#include "backend/cuda/row_batch.hpp"
#include "backend/cuda/staging.hpp"

namespace tempsweep::cuda {

/// The metrics of the order of a part of a tile.
class OrderingResults {
 public:
  OrderingResults(const Device& device, const Wanted& wanted);

  /// Bytes of the device that a point takes.
  [[nodiscard]] std::uint64_t bytes_per_point() const;

  /// \param temperatures  of the part, on the device
  void compute(const RowView& rows, const double* temperatures, const TilePart& part,
               const TileOutput& output, Staging& staging, kernels::Stream stream);

  void drop();

 private:
  void upload_levels(Staging& staging, kernels::Stream stream);

  const Device& device_;
  OrderingLists lists_;
  OrderingLevels levels_{};  ///< on the device; null until they are uploaded
  DeviceArray<DoubleDouble> masses_, min_p_, thresholds_;
  DeviceArray<std::int64_t> top_k_, nucleus_size_, min_p_survivors_, tokens_above_;
  DeviceArray<double> top_k_mass_;
};

}  // namespace tempsweep::cuda
