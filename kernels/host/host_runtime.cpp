// SPDX-License-Identifier: Apache-2.0
#include "kernels/host/host_runtime.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <list>
#include <map>
#include <mutex>
#include <new>
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
#include "kernels/body/float_probabilities.hpp"
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
#include "kernels/host/host_sorts.hpp"

namespace tempsweep::kernels {
namespace {

using Clock = std::chrono::steady_clock;

/// The device that this OS thread has chosen, and of which runtime.
struct Current {
  const Runtime* runtime = nullptr;
  int device = 0;
};
Current& current() {
  thread_local Current chosen;
  return chosen;
}

constexpr const char* device_name = "CUDA kernels, thread by thread on the CPU";

class HostRuntime final : public Runtime {
 public:
  explicit HostRuntime(const HostDevice& device)
      : device_(device), states_(static_cast<std::size_t>(device.devices)) {}
  HostRuntime(const HostRuntime&) = delete;
  HostRuntime& operator=(const HostRuntime&) = delete;
  ~HostRuntime() override {
    for (const State& state : states_) {
      for (const auto& [address, bytes] : state.sizes) {
        give_back(address);
      }
    }
  }

  int device_count() override { return device_.devices; }
  Status name(int device, std::string& name) override {
    name = device_name;
    return known(device);
  }
  Status facts(int device, DeviceFacts& facts) override {
    const Status status = use(device);
    if (status.ok()) {
      facts = {device_name, device_.memory_bytes, device_.memory_bytes - state().taken, 0, 0,
               0,           device_.shared_bytes};
    }
    return status;
  }
  Status use(int device) override {
    const Status status = known(device);
    if (status.ok()) {
      current() = {this, device};
    }
    return status;
  }

  Status allocate(void** address, std::size_t bytes) override {
    if (bytes > device_.memory_bytes - state().taken) {
      return {Outcome::out_of_memory, "out of memory"};
    }
    const Status status = take(address, bytes);
    if (status.ok()) {
      state().taken += bytes;
      state().sizes[*address] = bytes;
    }
    return status;
  }
  void release(void* address) override {
    state().taken -= state().sizes.extract(address).mapped();
    give_back(address);
  }
  Status allocate_pinned(void** address, std::size_t bytes) override {
    const Status status = take(address, bytes);
    if (status.ok()) {
      const std::lock_guard lock(mutex_);
      pinned_[*address] = bytes;
    }
    return status;
  }
  void release_pinned(void* address) override {
    {
      const std::lock_guard lock(mutex_);
      pinned_.erase(address);
    }
    give_back(address);
  }
  bool is_pinned(const void* address) override {
    if (state().broken) {
      return false;  // as a driver answers every question with the same error then
    }
    const std::lock_guard lock(mutex_);
    const auto next = pinned_.upper_bound(address);
    return next != pinned_.begin() &&
           static_cast<const std::byte*>(address) <
               static_cast<const std::byte*>(std::prev(next)->first) + std::prev(next)->second;
  }

  Status create_stream(Stream* stream) override {
    *stream = this;
    return next_setup();
  }
  void destroy_stream(Stream) override {}
  Status create_event(Event* event) override {
    *event = &state().events.emplace_back();
    return next_setup();
  }
  void destroy_event(Event event) override {
    state().events.remove_if([event](const Clock::time_point& one) { return &one == event; });
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
  Status copy_rows_in(void* device, std::size_t device_pitch, const void* pinned, std::size_t pitch,
                      std::size_t bytes, std::size_t rows, Stream) override {
    for (std::size_t row = 0; row < rows; ++row) {
      std::memcpy(static_cast<std::byte*>(device) + row * device_pitch,
                  static_cast<const std::byte*>(pinned) + row * pitch, bytes);
    }
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
    if (temporary != nullptr) {
      sort_rows_on_host(in, out, rows, columns, stride);
    }
    return next_call();
  }
  Status sort_pairs(const SortPairs& a, void* temporary, std::size_t* bytes, Stream) override {
    *bytes = 1;
    if (temporary != nullptr) {
      sort_pairs_on_host(a);
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
  Status launch(const DirectF32Mixed& a, Stream) override { return on_host(a); }
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
  Status launch(const FloatProbabilities& a, Stream) override { return on_host(a); }
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
  static void give_back(void* address) { ::operator delete(address, alignment); }

  Status take(void** address, std::size_t bytes) {
    if (const Status status = next_setup(); !status.ok()) {
      return status;
    }
    *address = ::operator new(bytes, alignment, std::nothrow);
    if (*address == nullptr) {
      return {Outcome::out_of_memory, "out of memory"};
    }
    std::memset(*address, 0xff, bytes);
    return {};
  }

  template <class Args>
  Status on_host(const Args& arguments) {
    if (blocks(arguments) > 0) {
      run_on_host({blocks(arguments), Args::threads, shared_bytes(arguments)}, device_.schedule,
                  [&](HostBlock& block) { run(block, arguments); });
    }
    return next_call();
  }

  /// Of one device.
  struct State {
    std::uint64_t taken = 0;
    std::int64_t calls = 0;
    std::int64_t setups = 0;
    bool broken = false;
    std::unordered_map<void*, std::uint64_t> sizes;
    std::list<Clock::time_point> events;
  };
  [[nodiscard]] Status known(int device) const {
    const bool there = device >= 0 && device < device_.devices;
    return there ? Status{} : Status{Outcome::no_device, "invalid device ordinal"};
  }
  [[nodiscard]] int number() const { return current().runtime == this ? current().device : 0; }
  [[nodiscard]] State& state() { return states_[static_cast<std::size_t>(number())]; }

  Status next_call() { return next(++state().calls, device_.failing_call); }
  Status next_setup() { return next(++state().setups, device_.failing_setup); }
  Status next(std::int64_t call, std::int64_t failing) {
    state().broken |= call == failing && number() == device_.failing_device;
    return state().broken ? Status{Outcome::failed, "planted failure"} : Status{};
  }

  HostDevice device_;
  std::vector<State> states_;
  std::mutex mutex_;  ///< of what follows, which all threads share
  std::map<const void*, std::size_t> pinned_;
};

}  // namespace

std::unique_ptr<Runtime> make_host_runtime(const HostDevice& device) {
  return std::make_unique<HostRuntime>(device);
}

}  // namespace tempsweep::kernels
