// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "backend/cuda/beta_arrays.hpp"
#include "backend/cuda/device.hpp"
#include "backend/cuda/row_batch.hpp"

namespace tempsweep::cuda {

/// Sums over the rest of every row at every β: in float where the tolerance allows it, in double where it
/// does not, and once more about the mean where the variance would cancel. Which of them a point takes is
/// decided on the device; nothing waits for the host.
class PointSums {
 public:
  explicit PointSums(const Device& device);

  /// Bytes of the device that a point takes.
  [[nodiscard]] static std::uint64_t bytes_per_point(std::int64_t vocabulary_size, bool narrow);

  struct How {
    bool squares = false;
    double float_tolerance = 0;  ///< > 0: float first, held to this
  };
  /// \param sums  [rows, betas], on the device
  void compute(const RowView& rows, const BetaView& betas, How how, RestSums* sums, kernels::Stream stream);

  /// Of the last computation in float, [rows, betas]: 1 where a point was summed again in double.
  [[nodiscard]] const std::uint8_t* float_failed() const { return failed_.get(); }

  void drop();

 private:
  void in_float(const RowView& rows, const BetaView& betas, double tolerance, RestSums* sums,
                kernels::Stream stream);

  const Device& device_;
  DeviceArray<PartialSums> parts_;
  DeviceArray<std::uint8_t> failed_, cancelled_;
};

}  // namespace tempsweep::cuda
