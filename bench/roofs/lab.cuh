// SPDX-License-Identifier: Apache-2.0
// What every probe needs: owners of CUDA objects, the clock inside a kernel, and the median of timed runs.
#pragma once

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

namespace tempsweep::roofs {

inline void check(cudaError_t status, const char* call) {
  if (status != cudaSuccess) {
    throw std::runtime_error(std::string(call) + ": " + cudaGetErrorString(status));
  }
}

class Stream {
 public:
  Stream() { check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "cudaStreamCreate"); }
  ~Stream() { cudaStreamDestroy(stream_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  [[nodiscard]] cudaStream_t get() const { return stream_; }
  void wait() const { check(cudaStreamSynchronize(stream_), "cudaStreamSynchronize"); }

 private:
  cudaStream_t stream_ = nullptr;
};

class Event {
 public:
  Event() { check(cudaEventCreate(&event_), "cudaEventCreate"); }
  ~Event() { cudaEventDestroy(event_); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  void record(const Stream& stream) const { check(cudaEventRecord(event_, stream.get()), "cudaEventRecord"); }
  // Waits for this event.
  [[nodiscard]] double seconds_since(const Event& start) const {
    float milliseconds = 0;
    check(cudaEventSynchronize(event_), "cudaEventSynchronize");
    check(cudaEventElapsedTime(&milliseconds, start.event_, event_), "cudaEventElapsedTime");
    return milliseconds * 1e-3;
  }

 private:
  cudaEvent_t event_ = nullptr;
};

enum class Place { device, pinned_host };

template <class T>
class Buffer {
 public:
  explicit Buffer(std::size_t count, Place place = Place::device) : count_(count), place_(place) {
    void* memory = nullptr;
    check(place == Place::device ? cudaMalloc(&memory, bytes()) : cudaMallocHost(&memory, bytes()),
          "cudaMalloc");
    data_ = static_cast<T*>(memory);
  }
  ~Buffer() { place_ == Place::device ? cudaFree(data_) : cudaFreeHost(data_); }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  [[nodiscard]] T* get() const { return data_; }
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] std::size_t bytes() const { return count_ * sizeof(T); }
  [[nodiscard]] std::vector<T> read(const Stream& stream) const {
    std::vector<T> out(count_);
    check(cudaMemcpyAsync(out.data(), data_, bytes(), cudaMemcpyDefault, stream.get()), "cudaMemcpyAsync");
    stream.wait();
    return out;
  }

 private:
  std::size_t count_;
  Place place_;
  T* data_ = nullptr;
};

// Eight blocks of 256 threads fill an SM of the large cards; the others hold fewer threads, and asking for
// too many is an error there. The number only caps the registers: how many blocks are launched is asked of
// the card.
#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ == 800 || __CUDA_ARCH__ == 900 || __CUDA_ARCH__ == 1000
constexpr int least_blocks_per_sm = 8;
#else
constexpr int least_blocks_per_sm = 4;
#endif

// How many blocks of the kernel an SM holds at once.
template <class Kernel>
int resident_blocks(Kernel kernel, int threads) {
  int blocks = 0;
  check(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, kernel, threads, 0),
        "cudaOccupancyMaxActiveBlocksPerMultiprocessor");
  return std::max(blocks, 1);
}

// The SM's cycle counter and the card's wall clock in ns, read together.
struct Ticks {
  long long cycles;
  unsigned long long nanoseconds;
};

__device__ __forceinline__ Ticks ticks_now() {
  unsigned long long nanoseconds;
  asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(nanoseconds));
  return {clock64(), nanoseconds};
}

// Of one block, from its first to its last instruction that counts.
struct BlockTicks {
  Ticks start, end;
};

template <class T>
T median(std::vector<T> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Cycles a second, the median over the blocks of the last launch; 0 where the clocks did not advance.
inline double clock_of(const std::vector<BlockTicks>& blocks) {
  std::vector<double> clocks;
  for (const BlockTicks& block : blocks) {
    if (block.end.nanoseconds > block.start.nanoseconds) {
      clocks.push_back(1e9 * static_cast<double>(block.end.cycles - block.start.cycles) /
                       static_cast<double>(block.end.nanoseconds - block.start.nanoseconds));
    }
  }
  return clocks.empty() ? 0 : median(clocks);
}

// Seconds of one run of `launch`, which puts its work on the stream.
template <class Launch>
double timed(const Stream& stream, const Launch& launch) {
  const Event start, end;
  start.record(stream);
  launch();
  check(cudaGetLastError(), "launch");
  end.record(stream);
  return end.seconds_since(start);
}

template <class Launch>
double median_seconds(const Stream& stream, int repeats, const Launch& launch) {
  timed(stream, launch);
  std::vector<double> seconds;
  for (int i = 0; i < repeats; ++i) {
    seconds.push_back(timed(stream, launch));
  }
  return median(seconds);
}

}  // namespace tempsweep::roofs
