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

template <class Args>
Status launch_on_card(const Args& arguments, Stream stream) {
  constexpr std::int64_t most_blocks = 0x7fffffff;
  const std::int64_t wanted = blocks(arguments);
  if (wanted == 0) {
    return {};
  }
  const auto grid = static_cast<unsigned>(wanted < most_blocks ? wanted : most_blocks);
  const std::size_t shared = shared_bytes(arguments);
  constexpr std::size_t granted = 48 * 1024;  // more must be asked for
  if (shared > granted) {
    const cudaError_t error = cudaFuncSetAttribute(kernel<Args>, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                                   static_cast<int>(shared));
    if (error != cudaSuccess) {
      return status_of(error);
    }
  }
  kernel<Args><<<grid, Args::threads, shared, static_cast<cudaStream_t>(stream)>>>(arguments);
  return status_of(cudaGetLastError());
}

}  // namespace tempsweep::kernels
