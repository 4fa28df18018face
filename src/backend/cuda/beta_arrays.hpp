// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "tempsweep/core/method_choice.hpp"

#include "backend/cuda/device.hpp"
#include "backend/cuda/staging.hpp"

namespace tempsweep::cuda {

/// Inverse temperatures of a tile, on the device.
struct BetaView {
  const double* betas = nullptr;        ///< [count], ascending temperatures; infinite in the limit T → 0
  const float* scales = nullptr;        ///< [count] β·log2 e, finite, for the float sums
  const std::int32_t* which = nullptr;  ///< [count] MethodChoice::octave_place()
  std::int64_t count = 0;
};

/// Memory of them.
class BetaArrays {
 public:
  explicit BetaArrays(const Device& device) : betas_(device), scales_(device), which_(device) {}

  /// \param order  a factor of every β
  BetaView upload(std::span<const double> temperatures, double order, const MethodChoice& methods,
                  Staging& staging, kernels::Stream stream);
  void drop();

 private:
  DeviceArray<double> betas_;
  DeviceArray<float> scales_;
  DeviceArray<std::int32_t> which_;
};

}  // namespace tempsweep::cuda
