// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "kernels/runtime.hpp"

namespace tempsweep::bench {

/// Throws the driver's words when a call fails.
inline void must(kernels::Status status) {
  if (!status.ok()) {
    throw std::runtime_error(status.text);
  }
}

/// A stream, its stop watch, and memory that lives as long as this.
class Harness {
 public:
  Harness(kernels::Runtime& runtime, int runs) : runtime_(runtime), runs_(runs) {
    must(runtime.create_stream(&stream_));
    must(runtime.create_event(&begin_));
    must(runtime.create_event(&end_));
  }
  Harness(const Harness&) = delete;
  Harness& operator=(const Harness&) = delete;
  ~Harness() {
    for (void* address : all_) {
      runtime_.release(address);
    }
    runtime_.destroy_event(begin_);
    runtime_.destroy_event(end_);
    runtime_.destroy_stream(stream_);
  }

  [[nodiscard]] kernels::Runtime& runtime() const { return runtime_; }
  [[nodiscard]] kernels::Stream stream() const { return stream_; }
  template <class Args>
  void launch(const Args& arguments) const {
    must(runtime_.launch(arguments, stream_));
  }

  template <class T>
  T* make(std::int64_t count) {
    void* address = nullptr;
    must(runtime_.allocate(&address, static_cast<std::size_t>(count) * sizeof(T)));
    all_.push_back(address);
    return static_cast<T*>(address);
  }
  template <class T>
  T* put(const std::vector<T>& values) {
    T* const there = make<T>(static_cast<std::int64_t>(values.size()));
    must(runtime_.copy_in(there, values.data(), values.size() * sizeof(T), stream_));
    must(runtime_.synchronise(stream_));
    return there;
  }

  /// Median seconds of `job`, after one run to warm up.
  template <class Job>
  double seconds(const Job& job) {
    std::vector<double> all;
    for (int run = 0; run <= runs_; ++run) {
      must(runtime_.record(begin_, stream_));
      job();
      must(runtime_.record(end_, stream_));
      must(runtime_.wait(end_));
      double one = 0;
      must(runtime_.seconds_between(begin_, end_, &one));
      if (run > 0) {
        all.push_back(one);
      }
    }
    std::sort(all.begin(), all.end());
    return all[all.size() / 2];
  }

 private:
  kernels::Runtime& runtime_;
  int runs_;
  kernels::Stream stream_ = nullptr;
  kernels::Event begin_ = nullptr;
  kernels::Event end_ = nullptr;
  std::vector<void*> all_;
};

}  // namespace tempsweep::bench
