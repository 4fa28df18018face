// SPDX-License-Identifier: Apache-2.0
// The card's memory: reading alone, writing alone, and the driver's copy within the card.
#include <limits>

#include "probes.cuh"

namespace tempsweep::roofs {
namespace {

constexpr int memory_threads = 256;
constexpr int memory_unroll = 4;  // 16-byte accesses that a thread has under way
constexpr int memory_repeats = 20;
constexpr std::size_t tile = memory_unroll * memory_threads;

// The blocks of the first wave alone keep their clocks: `recorded` of them.
__device__ __forceinline__ void store_ticks(BlockTicks* ticks, unsigned recorded, const Ticks& start) {
  __syncthreads();
  if (threadIdx.x == 0 && blockIdx.x < recorded) {
    ticks[blockIdx.x] = {start, ticks_now()};
  }
}

// `count` is a multiple of `tile`; each block takes tiles in turn. The sum is stored if it equals `never`, a
// NaN: the compiler cannot know that it never does, and no write disturbs the reading.
__global__ void __launch_bounds__(memory_threads, least_blocks_per_sm)
    read_sum(const float4* __restrict__ data, std::size_t count, float never, float* sink, BlockTicks* ticks,
             unsigned recorded) {
  const Ticks start = ticks_now();
  float4 sum = {0, 0, 0, 0};
#pragma unroll 1
  for (std::size_t at = blockIdx.x * tile; at < count; at += gridDim.x * tile) {
    float4 value[memory_unroll];
#pragma unroll
    for (int i = 0; i < memory_unroll; ++i) {
      value[i] = __ldcs(data + at + static_cast<unsigned>(i * memory_threads) + threadIdx.x);
    }
#pragma unroll
    for (int i = 0; i < memory_unroll; ++i) {
      sum = {sum.x + value[i].x, sum.y + value[i].y, sum.z + value[i].z, sum.w + value[i].w};
    }
  }
  const float total = sum.x + sum.y + sum.z + sum.w;
  if (total == never) {
    *sink = total;
  }
  store_ticks(ticks, recorded, start);
}

__global__ void __launch_bounds__(memory_threads, least_blocks_per_sm)
    write_stream(float4* __restrict__ data, std::size_t count, float seed, BlockTicks* ticks,
                 unsigned recorded) {
  const Ticks start = ticks_now();
  const float mine = seed + static_cast<float>(threadIdx.x);
  const float4 value = {mine, mine + 1, mine + 2, mine + 3};
#pragma unroll 1
  for (std::size_t at = blockIdx.x * tile; at < count; at += gridDim.x * tile) {
#pragma unroll
    for (int i = 0; i < memory_unroll; ++i) {
      __stcs(data + at + static_cast<unsigned>(i * memory_threads) + threadIdx.x, value);
    }
  }
  store_ticks(ticks, recorded, start);
}

// Two buffers of 2 GiB, or of an eighth of the free memory where that is less.
std::size_t buffer_count() {
  std::size_t free_bytes = 0, total_bytes = 0;
  check(cudaMemGetInfo(&free_bytes, &total_bytes), "cudaMemGetInfo");
  const std::size_t elements = std::min<std::size_t>(std::size_t{2} << 30, free_bytes / 8) / sizeof(float4);
  return std::max<std::size_t>(elements / tile, 1) * tile;
}

// The best of three grids: one wave of blocks, eight waves, a block a tile. The clock is that of the single
// wave, whose blocks live long enough to read it.
template <class Launch>
Roof best_grid(const Lab& lab, const std::string& name, std::size_t count, unsigned wave,
               const Launch& launch) {
  const Buffer<BlockTicks> ticks(wave);
  const auto seconds_of = [&](std::size_t blocks) {
    const auto grid = static_cast<unsigned>(std::min(blocks, count / tile));
    return median_seconds(lab.stream, memory_repeats,
                          [&] { launch(grid, ticks.get(), std::min(grid, wave)); });
  };
  const double single_wave = seconds_of(wave);
  const double clock = clock_of(ticks.read(lab.stream));
  const double seconds = std::min({single_wave, seconds_of(std::size_t{wave} * 8), seconds_of(count / tile)});
  return lab.roof(name, "bytes", static_cast<double>(count * sizeof(float4)), seconds, memory_repeats, clock);
}

}  // namespace

std::vector<Roof> measure_memory(const Lab& lab) {
  const Buffer<float4> first(buffer_count());
  const Buffer<float4> second(first.count());
  const Buffer<float> sink(1);
  const auto wave_of = [&](int resident) { return static_cast<unsigned>(lab.multiprocessors * resident); };
  // Written before it is read: the sum then runs over initialised memory.
  const Roof written =
      best_grid(lab, "write_stream", first.count(), wave_of(resident_blocks(write_stream, memory_threads)),
                [&](unsigned grid, BlockTicks* ticks, unsigned recorded) {
                  write_stream<<<grid, memory_threads, 0, lab.stream.get()>>>(first.get(), first.count(),
                                                                              1.0F, ticks, recorded);
                });
  const float never = std::numeric_limits<float>::quiet_NaN();
  const Roof read =
      best_grid(lab, "read_sum", first.count(), wave_of(resident_blocks(read_sum, memory_threads)),
                [&](unsigned grid, BlockTicks* ticks, unsigned recorded) {
                  read_sum<<<grid, memory_threads, 0, lab.stream.get()>>>(first.get(), first.count(), never,
                                                                          sink.get(), ticks, recorded);
                });
  const double seconds = median_seconds(lab.stream, memory_repeats, [&] {
    check(
        cudaMemcpyAsync(second.get(), first.get(), first.bytes(), cudaMemcpyDeviceToDevice, lab.stream.get()),
        "cudaMemcpyAsync");
  });
  const auto moved = 2.0 * static_cast<double>(first.bytes());
  return {read, written, lab.roof("copy_device", "bytes", moved, seconds, memory_repeats, 0)};
}

}  // namespace tempsweep::roofs
