// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cuda_runtime.h>

#include "kernels/cuda/launchers.hpp"

namespace tempsweep::kernels {

[[nodiscard]] inline Status status_of(cudaError_t error) {
  switch (error) {
    case cudaSuccess:
      return {};
    case cudaErrorMemoryAllocation:
      return {Outcome::out_of_memory, cudaGetErrorString(error)};
    case cudaErrorNoDevice:
    case cudaErrorInsufficientDriver:
      return {Outcome::no_device, cudaGetErrorString(error)};
    default:
      return {Outcome::failed, cudaGetErrorString(error)};
  }
}

}  // namespace tempsweep::kernels
