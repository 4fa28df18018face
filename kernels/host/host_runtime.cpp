// SPDX-License-Identifier: Apache-2.0
#include "kernels/host/host_runtime.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <list>
#include <new>
#include <numeric>
#include <unordered_map>
#include <vector>

#include "kernels/body/alias_build.hpp"
#include "kernels/body/collect.hpp"
#include "kernels/body/cut_laws.hpp"
#include "kernels/body/direct_f32.hpp"
#include "kernels/body/direct_f64.hpp"
#include "kernels/body/direct_listed.hpp"
#include "kernels/body/draw.hpp"
#include "kernels/body/draw_multinomial.hpp"
#include "kernels/body/interpolate.hpp"
#include "kernels/body/inverse_build.hpp"
#include "kernels/body/judge.hpp"
#include "kernels/body/ladder_build.hpp"
#include "kernels/body/ladder_climb.hpp"
#include "kernels/body/ladder_evaluate.hpp"
#include "kernels/body/laws.hpp"
#include "kernels/body/make_series.hpp"
#include "kernels/body/merge_f32.hpp"
#include "kernels/body/ordering.hpp"
#include "kernels/body/point_choice.hpp"
#include "kernels/body/probabilities.hpp"
#include "kernels/body/races.hpp"
#include "kernels/body/row_scan.hpp"

namespace tempsweep::kernels {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* device_name = "CUDA kernels, thread by thread on the CPU";

class HostRuntime final : public Runtime {
 public:
  explicit HostRuntime(const HostDevice& device) : device_(device) {}
  HostRuntime(const HostRuntime&) = delete;
  HostRuntime& operator=(const HostRuntime&) = delete;
  ~HostRuntime() override {
    for (const auto& [address, bytes] : sizes_) {
      give_back(address);
    }
  }

  int device_count() override { return 1; }
  Status name(int device, std::string& name) override {
    name = device_name;
    return use(device);
  }
  Status facts(int device, DeviceFacts& facts) override {
    if (device != 0) {
      return {Outcome::no_device, "invalid device ordinal"};
    }
    facts = {device_name, device_.memory_bytes, device_.memory_bytes - taken_, 0, 0, 0};
    return {};
  }
  Status use(int device) override {
    return device == 0 ? Status{} : Status{Outcome::no_device, "invalid device ordinal"};
  }

  Status allocate(void** address, std::size_t bytes) override {
    if (bytes > device_.memory_bytes - taken_) {
      return {Outcome::out_of_memory, "out of memory"};
    }
    const Status status = allocate_pinned(address, bytes);
    if (status.ok()) {
      taken_ += bytes;
      sizes_[*address] = bytes;
    }
    return status;
  }
  void release(void* address) override {
    taken_ -= sizes_.extract(address).mapped();
    give_back(address);
  }
  Status allocate_pinned(void** address, std::size_t bytes) override {
    *address = ::operator new(bytes, alignment, std::nothrow);
    if (*address == nullptr) {
      return {Outcome::out_of_memory, "out of memory"};
    }
    std::memset(*address, 0xff, bytes);
    return {};
  }
  void release_pinned(void* address) override { give_back(address); }

  Status create_stream(Stream* stream) override {
    *stream = this;
    return {};
  }
  void destroy_stream(Stream) override {}
  Status create_event(Event* event) override {
    *event = &events_.emplace_back();
    return {};
  }
  void destroy_event(Event event) override {
    events_.remove_if([event](const Clock::time_point& one) { return &one == event; });
  }
  Status record(Event event, Stream) override {
    *static_cast<Clock::time_point*>(event) = Clock::now();
    return {};
  }
  Status wait(Event) override { return next_call(); }
  Status synchronise(Stream) override { return next_call(); }
  Status seconds_between(Event first, Event second, double* seconds) override {
    *seconds = std::chrono::duration<double>(*static_cast<Clock::time_point*>(second) -
                                             *static_cast<Clock::time_point*>(first))
                   .count();
    return {};
  }

  Status copy_in(void* device, const void* pinned, std::size_t bytes, Stream) override {
    std::memcpy(device, pinned, bytes);
    return next_call();
  }
  Status copy_out(void* pinned, const void* device, std::size_t bytes, Stream) override {
    std::memcpy(pinned, device, bytes);
    return next_call();
  }
  Status clear(void* device, std::size_t bytes, Stream) override {
    std::memset(device, 0, bytes);
    return next_call();
  }

  Status sort_rows(const double* in, double* out, std::int64_t rows, std::int64_t columns,
                   std::int64_t stride, void* temporary, std::size_t* bytes, Stream) override {
    *bytes = 1;
    for (std::int64_t row = 0; row < rows && temporary != nullptr; ++row) {
      double* const to = std::copy_n(in + row * stride, columns, out + row * stride) - columns;
      std::sort(to, to + columns, [&](double a, double b) { return key(a) > key(b); });
    }
    return next_call();
  }
  Status sort_pairs(const SortPairs& a, void* temporary, std::size_t* bytes, Stream) override {
    *bytes = 1;
    std::vector<std::int64_t> order(static_cast<std::size_t>(a.columns));
    for (std::int64_t row = 0; row < a.rows && temporary != nullptr; ++row) {
      const double* const keys = a.keys + row * a.stride;
      std::iota(order.begin(), order.end(), std::int64_t{0});
      std::stable_sort(order.begin(), order.end(), [&](std::int64_t one, std::int64_t other) {
        return key(keys[one]) > key(keys[other]);
      });
      for (std::int64_t i = 0; i < a.columns; ++i) {
        const std::int64_t from = order[static_cast<std::size_t>(i)];
        a.sorted[row * a.stride + i] = keys[from];
        a.sorted_values[row * a.stride + i] = a.values[row * a.stride + from];
      }
    }
    return next_call();
  }

  Status launch(const ScanRows& a, Stream) override { return on_host(a); }
  Status launch(const MergeScans& a, Stream) override { return on_host(a); }
  Status launch(const RankCuts& a, Stream) override { return on_host(a); }
  Status launch(const CountKept& a, Stream) override { return on_host(a); }
  Status launch(const CollectKept& a, Stream) override { return on_host(a); }
  Status launch(const DirectF64& a, Stream) override { return on_host(a); }
  Status launch(const MergeF64& a, Stream) override { return on_host(a); }
  Status launch(const DirectF32& a, Stream) override { return on_host(a); }
  Status launch(const MergeF32& a, Stream) override { return on_host(a); }
  Status launch(const BuildLeaves& a, Stream) override { return on_host(a); }
  Status launch(const MergeLeaves& a, Stream) override { return on_host(a); }
  Status launch(const ClimbLadder& a, Stream) override { return on_host(a); }
  Status launch(const EvaluateLadder& a, Stream) override { return on_host(a); }
  Status launch(const MakeSeries& a, Stream) override { return on_host(a); }
  Status launch(const InterpolateSums& a, Stream) override { return on_host(a); }
  Status launch(const ListGroups& a, Stream) override { return on_host(a); }
  Status launch(const DirectListed& a, Stream) override { return on_host(a); }
  Status launch(const TakeSquares& a, Stream) override { return on_host(a); }
  Status launch(const LargestErrors& a, Stream) override { return on_host(a); }
  Status launch(const MakeLaws& a, Stream) override { return on_host(a); }
  Status launch(const UnitReferences& a, Stream) override { return on_host(a); }
  Status launch(const EvaluateMetrics& a, Stream) override { return on_host(a); }
  Status launch(const EvaluateRenyi& a, Stream) override { return on_host(a); }
  Status launch(const OrderRows& a, Stream) override { return on_host(a); }
  Status launch(const EvaluateOrdering& a, Stream) override { return on_host(a); }
  Status launch(const Probabilities& a, Stream) override { return on_host(a); }
  Status launch(const Fill<float>& a, Stream) override { return on_host(a); }
  Status launch(const Fill<std::uint16_t>& a, Stream) override { return on_host(a); }
  Status launch(const BuildAlias& a, Stream) override { return on_host(a); }
  Status launch(const DrawTokens& a, Stream) override { return on_host(a); }
  Status launch(const BuildInverse& a, Stream) override { return on_host(a); }
  Status launch(const CutLaws& a, Stream) override { return on_host(a); }
  Status launch(const MakeRaces& a, Stream) override { return on_host(a); }
  Status launch(const DrawRaces& a, Stream) override { return on_host(a); }
  Status launch(const DrawMultinomial& a, Stream) override { return on_host(a); }
  Status launch(const NumberTokens& a, Stream) override { return on_host(a); }
  Status launch(const JudgePoints& a, Stream) override { return on_host(a); }

 private:
  static constexpr std::align_val_t alignment{256};
  /// Orders NaN too, by its bits as a radix sort does: a sort needs a strict order.
  static std::uint64_t key(double value) {
    const std::uint64_t bits = bits_of(value);
    return (bits >> 63U) != 0 ? ~bits : bits | std::uint64_t{1} << 63U;
  }
  static void give_back(void* address) { ::operator delete(address, alignment); }

  template <class Args>
  Status on_host(const Args& arguments) {
    if (blocks(arguments) > 0) {
      run_on_host({blocks(arguments), Args::threads, shared_bytes(arguments)}, device_.schedule,
                  [&](HostBlock& block) { run(block, arguments); });
    }
    return next_call();
  }

  Status next_call() {
    const bool fails = ++calls_ == device_.failing_call;
    return fails ? Status{Outcome::failed, "planted failure"} : Status{};
  }

  HostDevice device_;
  std::uint64_t taken_ = 0;
  std::int64_t calls_ = 0;
  std::unordered_map<void*, std::uint64_t> sizes_;
  std::list<Clock::time_point> events_;
};

}  // namespace

std::unique_ptr<Runtime> make_host_runtime(const HostDevice& device) {
  return std::make_unique<HostRuntime>(device);
}

}  // namespace tempsweep::kernels
