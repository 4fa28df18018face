// SPDX-License-Identifier: Apache-2.0
// How every kernel of the house is launched: the body as a template over the Block, its arguments by value,
// blocks in x alone (rows × slices pass 65 535), more work than blocks taken in strides.
#pragma once

#include "kernels/block/device_block.cuh"
#include "kernels/cuda/status.cuh"

namespace tempsweep::kernels {

template <class Args>
__global__ void __launch_bounds__(Args::threads) kernel(const __grid_constant__ Args arguments) {
  DeviceBlock block;
  run(block, arguments);
}

/// More shared memory must be asked for, and the limit is the function's on its device, whoever launches it:
/// all there is, always, so that launches from several threads cannot take it from one another.
template <class Function>
cudaError_t grant_all_shared_memory(Function* function) {
  int device = 0;
  int most = 0;
  cudaFuncAttributes facts{};
  cudaError_t error = cudaGetDevice(&device);
  if (error == cudaSuccess) {
    error = cudaDeviceGetAttribute(&most, cudaDevAttrMaxSharedMemoryPerBlockOptin, device);
  }
  if (error == cudaSuccess) {
    error = cudaFuncGetAttributes(&facts, function);
  }
  if (error == cudaSuccess &&
      facts.maxDynamicSharedSizeBytes < most - static_cast<int>(facts.sharedSizeBytes)) {
    error = cudaFuncSetAttribute(function, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                 most - static_cast<int>(facts.sharedSizeBytes));
  }
  return error;
}

template <class Args>
Status launch_on_card(const Args& arguments, Stream stream) {
  constexpr std::int64_t most_blocks = 0x7fffffff;
  const std::int64_t wanted = blocks(arguments);
  if (wanted == 0) {
    return {};
  }
  const auto grid = static_cast<unsigned>(wanted < most_blocks ? wanted : most_blocks);
  const std::size_t shared = shared_bytes(arguments);
  constexpr std::size_t granted = 48 * 1024;
  if (shared > granted) {
    if (const cudaError_t error = grant_all_shared_memory(kernel<Args>); error != cudaSuccess) {
      return status_of(error);
    }
  }
  kernel<Args><<<grid, Args::threads, shared, static_cast<cudaStream_t>(stream)>>>(arguments);
  return status_of(cudaGetLastError());
}

}  // namespace tempsweep::kernels
