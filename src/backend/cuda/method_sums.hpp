// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "backend/cuda/beta_arrays.hpp"
#include "backend/cuda/device.hpp"
#include "backend/cuda/row_batch.hpp"

namespace tempsweep::cuda {

/// Sums over the rest of every row at every β, each by the cheapest method that keeps the promise there:
/// interpolation, moments, tokens. Chosen on the device; nothing waits for the host.
class MethodSums {
 public:
  explicit MethodSums(const Device& device);

  /// Bytes of the device that a point takes, its sums apart.
  [[nodiscard]] static std::uint64_t bytes_per_point() {
    return sizeof(SumErrors) + sizeof(kernels::Origin) + 2 * sizeof(std::uint8_t) + 2;
  }

  /// \param rows     with expansions
  /// \param squares  whether points that are summed token by token get their Σw², too
  /// \param sums     [rows, betas], on the device
  void compute(const RowView& rows, const BetaView& betas, const kernels::Promise& promise, bool squares,
               RestSums* sums, kernels::Stream stream);

  // Of the last computation, [rows, betas]:
  [[nodiscard]] const SumErrors* errors() const { return errors_.get(); }
  [[nodiscard]] const kernels::Origin* origin() const { return origin_.get(); }

  void drop();

 private:
  kernels::GroupList list(const std::uint8_t* marks, std::int64_t rows, std::int64_t count, std::int64_t size,
                          kernels::Stream stream);

  const Device& device_;
  DeviceArray<SumErrors> errors_;
  DeviceArray<kernels::Origin> origin_;
  DeviceArray<std::uint8_t> expand_, direct_;
  DeviceArray<std::uint64_t> groups_, listed_;
};

}  // namespace tempsweep::cuda
