// SPDX-License-Identifier: Apache-2.0
// The Block of the card: thin names for what the hardware has. Its twin is HostBlock (host_block.hpp).
#pragma once

#include <cstdint>

namespace tempsweep::kernels {

inline constexpr unsigned all_lanes = 0xffffffffU;

class DeviceBlock {
 public:
  __device__ DeviceBlock() {
    extern __shared__ __align__(16) unsigned char memory[];
    free_ = memory;
  }
  DeviceBlock(const DeviceBlock&) = delete;
  DeviceBlock& operator=(const DeviceBlock&) = delete;

  __device__ std::int64_t index() const { return blockIdx.x; }
  __device__ std::int64_t count() const { return gridDim.x; }
  __device__ int thread() const { return static_cast<int>(threadIdx.x); }
  __device__ int threads() const { return static_cast<int>(blockDim.x); }
  __device__ int lane() const { return thread() % 32; }
  __device__ int warp() const { return thread() / 32; }

  __device__ void sync() { __syncthreads(); }
  __device__ void sync_warp(unsigned mask = all_lanes) { __syncwarp(mask); }

  template <class T>
  __device__ T shuffle(T value, int source_lane, unsigned mask = all_lanes) {
    return by_words(value, [=](unsigned word) { return __shfl_sync(mask, word, source_lane); });
  }
  template <class T>
  __device__ T shuffle_xor(T value, int lane_mask, unsigned mask = all_lanes) {
    return by_words(value, [=](unsigned word) { return __shfl_xor_sync(mask, word, lane_mask); });
  }
  template <class T>
  __device__ T shuffle_down(T value, int delta, unsigned mask = all_lanes) {
    return by_words(value, [=](unsigned word) { return __shfl_down_sync(mask, word, delta); });
  }
  template <class T>
  __device__ T shuffle_up(T value, int delta, unsigned mask = all_lanes) {
    return by_words(value, [=](unsigned word) { return __shfl_up_sync(mask, word, delta); });
  }
  __device__ unsigned ballot(bool predicate, unsigned mask = all_lanes) {
    return __ballot_sync(mask, predicate);
  }
  __device__ unsigned match_any(std::uint32_t value, unsigned mask = all_lanes) {
    return __match_any_sync(mask, value);
  }

  /// A piece of the launch's shared memory, uninitialised. Every thread asks for the same pieces in turn.
  template <class T>
  __device__ T* shared(int n) {
    T* const piece = reinterpret_cast<T*>(free_);
    free_ += (static_cast<std::size_t>(n) * sizeof(T) + 15) / 16 * 16;
    return piece;
  }

  __device__ std::uint32_t atomic_add(std::uint32_t* address, std::uint32_t value) {
    return atomicAdd(address, value);
  }
  __device__ std::int32_t atomic_add(std::int32_t* address, std::int32_t value) {
    return atomicAdd(address, value);
  }
  __device__ std::uint64_t atomic_add(std::uint64_t* address, std::uint64_t value) {
    static_assert(sizeof(unsigned long long) == sizeof(std::uint64_t));
    return atomicAdd(reinterpret_cast<unsigned long long*>(address), value);
  }
  template <class T>
  __device__ T atomic_add(T* array, int i, T value) {
    return atomic_add(array + i, value);
  }

  /// 2^t, relative error at most 2^-22; subnormal numbers are 0.
  __device__ float exp2_approx(float t) {
    float power;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(power) : "f"(t));
    return power;
  }

 private:
  /// A value travels in 32-bit words, the last of them filled up.
  template <class T, class Move>
  __device__ static T by_words(const T& value, const Move& move) {
    constexpr int words = (sizeof(T) + 3) / 4;
    unsigned bits[words] = {};
    memcpy(bits, &value, sizeof(T));
#pragma unroll
    for (int k = 0; k < words; ++k) {
      bits[k] = move(bits[k]);
    }
    T result;
    memcpy(&result, bits, sizeof(T));
    return result;
  }

  unsigned char* free_;
};

}  // namespace tempsweep::kernels
