// SPDX-License-Identifier: Apache-2.0
// Runs that are dealt to several devices, on devices that are not there: what is computed must not depend on
// who computes it, and what a device loses must be done by the others.
#include <atomic>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tempsweep/core/errors.hpp"

#include "backend/cpu/cpu_backend.hpp"
#include "backend/cuda/cuda_backend.hpp"
#include "engine/sweep_support.hpp"
#include "kernels/host/host_runtime.hpp"
#include "support/backend_run.hpp"

namespace tempsweep::testing {
namespace {

constexpr std::int64_t rows = 6;
constexpr std::size_t width = 40;

VectorSource make_source() {
  return {normal_logits(rows * width, 3, 70), rows};
}

SweepPlan small_plan(const Source& source, std::vector<int> devices) {
  SweepPlan plan = plan_for(source, {0.0, 0.4, HUGE_VAL});
  plan.vocabulary_sizes = {7, static_cast<std::int64_t>(width)};
  plan.probabilities = ProbabilityFormat::f32;
  plan.samples = 100;
  plan.store_counts = true;
  plan.method = Method::direct;
  plan.devices = std::move(devices);
  return plan;
}

/// The kernels on the devices of this runtime, of which tests choose what fails.
kernels::Runtime* devices_under_test = nullptr;

/// Nobody begins before all are there: else the first could do everything alone.
std::atomic<int> missing{0};

void wait_for_the_others() {
  --missing;
  while (missing > 0) {
    std::this_thread::yield();
  }
}

BackendEntry host_devices() {
  BackendEntry entry = cuda::host_backend_entry();
  entry.create = [](const Wanted& wanted, const BackendOptions& options) {
    wait_for_the_others();
    return cuda::make_backend(*devices_under_test, wanted, options.device, options.lanes);
  };
  return entry;
}

struct Result {
  Result(const PreparedSweep& prepared, Source& source, const BackendEntry& entry) : sink(prepared.schema) {
    try {
      summary = run_sweep(prepared, source, entry, sink,
                          {{}, {}, [&](const std::string& why) { lost.push_back(why); }});
    } catch (const Error& thrown) {
      status = thrown.status();
      error = thrown.what();
    }
  }
  MemorySink sink;
  SweepSummary summary;
  std::vector<std::string> lost;
  ExitStatus status = ExitStatus::done;
  std::string error;
};

Result run_on(const kernels::HostDevice& device, std::vector<int> devices) {
  const auto runtime = kernels::make_host_runtime(device);
  devices_under_test = runtime.get();
  missing = static_cast<int>(devices.size());
  VectorSource source = make_source();
  const BackendEntry entry = host_devices();
  PreparedSweep prepared = prepare_sweep(small_plan(source, std::move(devices)), source, entry);
  prepared.tiling.rows = 2;
  prepared.tiling.temperatures = 2;
  return {prepared, source, entry};
}

kernels::HostDevice two_devices() {
  kernels::HostDevice device;
  device.memory_bytes = std::uint64_t{1} << 26U;
  device.devices = 2;
  return device;
}

TEST(SeveralDevices, GiveTheSameBits) {
  const Result one = run_on(two_devices(), {0});
  ASSERT_TRUE(one.sink.complete());
  const Result two = run_on(two_devices(), {0, 1});
  EXPECT_TRUE(two.sink.complete());
  EXPECT_EQ(differing(one.sink, two.sink), std::vector<std::string>{});
  ASSERT_EQ(two.summary.devices.size(), 2U);
  EXPECT_EQ(two.summary.devices[0].points + two.summary.devices[1].points, two.summary.points);
  EXPECT_GT(two.summary.devices[1].points, 0);
  EXPECT_EQ(run_on(two_devices(), {1}).summary.devices.size(), 1U);
}

/// Lanes share a device; here, the CPU plays one.
TEST(Lanes, GiveTheSameBits) {
  VectorSource source = make_source();
  BackendEntry entry = cpu::backend_entry();
  const SweepPlan plan = small_plan(source, {0});
  const Result one(prepare_sweep(plan, source, entry), source, entry);
  ASSERT_TRUE(one.sink.complete());
  for (const int lanes : {2, 5}) {
    entry.lanes = lanes;
    for (const std::int64_t tile : {1, 2, 5}) {
      PreparedSweep prepared = prepare_sweep(plan, source, entry);
      prepared.tiling.rows = tile == 5 ? 6 : 1;
      prepared.tiling.temperatures = tile;
      const Result many(prepared, source, entry);
      EXPECT_TRUE(many.sink.complete());
      EXPECT_EQ(differing(one.sink, many.sink), std::vector<std::string>{}) << lanes << " lanes";
      EXPECT_EQ(many.summary.verdict->smallest.log10_p, one.summary.verdict->smallest.log10_p);
    }
  }
}

/// \returns how often the second device was lost
int expect_others_go_on(std::int64_t kernels::HostDevice::*failing, int most) {
  const Result whole = run_on(two_devices(), {0});
  int losses = 0;
  for (int call = 1; call <= most; ++call) {
    kernels::HostDevice device = two_devices();
    device.failing_device = 1;
    device.*failing = call;
    const Result result = run_on(device, {0, 1});
    EXPECT_EQ(result.error, "");
    EXPECT_TRUE(result.sink.finished());
    EXPECT_TRUE(result.sink.complete()) << "call " << call;
    EXPECT_EQ(differing(whole.sink, result.sink), std::vector<std::string>{}) << "call " << call;
    for (const std::string& why : result.lost) {
      EXPECT_NE(why.find("CUDA device 1 ("), std::string::npos) << why;
      EXPECT_NE(why.find("planted failure"), std::string::npos) << why;
    }
    losses += static_cast<int>(!result.summary.devices[1].lost.empty());
  }
  return losses;
}

TEST(LostDevice, LosesItsTilesToTheOthersAtEveryCall) {
  EXPECT_GE(expect_others_go_on(&kernels::HostDevice::failing_call, 90), 45);
}

TEST(LostDevice, LosesItsTilesToTheOthersAtEverySetup) {
  EXPECT_GE(expect_others_go_on(&kernels::HostDevice::failing_setup, 30), 12);
}

/// Elements that are neither the whole result's nor what unwritten ones are.
std::size_t foreign_elements(const MemorySink& part, const MemorySink& whole) {
  const auto some = part.get<double>("log_partition");
  const auto all = whole.get<double>("log_partition");
  std::size_t foreign = 0;
  for (std::size_t i = 0; i < some.size(); ++i) {
    foreign += some[i] != all[i] && some[i] != 0 ? 1U : 0U;
  }
  return foreign;
}

TEST(LostDevice, TheLastOneLeavesWhatItHadDone) {
  const Result whole = run_on(two_devices(), {0});
  int kept = 0;
  for (const std::int64_t call : {1, 60, 150, 250, 350}) {
    kernels::HostDevice device = two_devices();
    device.failing_call = call;
    const Result result = run_on(device, {0});
    EXPECT_EQ(result.status, ExitStatus::device) << call;
    EXPECT_FALSE(result.sink.finished());
    EXPECT_TRUE(result.lost.empty()) << "there is nobody to go on";
    EXPECT_EQ(foreign_elements(result.sink, whole.sink), 0U);
    if (result.sink.suspended()) {
      ++kept;
      EXPECT_NE(result.error.find("grid points are in memory"), std::string::npos) << result.error;
      const auto status = result.sink.get<std::int8_t>("row_status");
      EXPECT_EQ(std::count(status.begin(), status.end(), std::int8_t{0}) +
                    std::count(status.begin(), status.end(), std::int8_t{-1}),
                std::ssize(status));
      EXPECT_GT(std::count(status.begin(), status.end(), std::int8_t{-1}), 0);
    }
  }
  EXPECT_GE(kept, 2);
}

TEST(LostDevice, BothAreAnError) {
  const auto runtime = kernels::make_host_runtime({1000, {}, 0, 0, 0, 2});
  devices_under_test = runtime.get();
  VectorSource source = make_source();
  const BackendEntry entry = host_devices();
  const PreparedSweep prepared = prepare_sweep(small_plan(source, {0, 1}), source, entry);
  const Result result(prepared, source, entry);
  EXPECT_EQ(result.status, ExitStatus::memory) << result.error;
  EXPECT_FALSE(result.sink.suspended()) << "nothing was done";
}

/// Two lanes of a device whose memory does for one.
TEST(Lanes, LeaveTheDeviceToOneWhereMemoryIsShort) {
  VectorSource source = make_source();
  BackendEntry entry = cpu::backend_entry();
  const SweepPlan plan = small_plan(source, {0});
  const Result one(prepare_sweep(plan, source, entry), source, entry);
  entry.lanes = 2;
  entry.create = [](const Wanted& wanted, const BackendOptions& options) {
    if (options.lanes > 1) {
      throw MemoryError("half a device is too small");
    }
    return cpu::backend_entry().create(wanted, options);
  };
  const Result alone(prepare_sweep(plan, source, entry), source, entry);
  EXPECT_EQ(alone.error, "");
  EXPECT_EQ(differing(one.sink, alone.sink), std::vector<std::string>{});
  EXPECT_TRUE(alone.lost.empty()) << "the device is still there";
  EXPECT_EQ(alone.summary.devices[0].lost, "");
}

/// Each of two devices keeps its last lane.
TEST(Lanes, LeaveEveryDeviceToOneWhereMemoryIsShort) {
  static std::atomic<int> alone_on[2];
  alone_on[0] = alone_on[1] = 0;
  VectorSource source = make_source();
  BackendEntry entry = cpu::backend_entry();
  entry.lanes = 2;
  entry.create = [](const Wanted& wanted, const BackendOptions& options) {
    if (options.lanes > 1) {
      throw MemoryError("half a device is too small");
    }
    ++alone_on[options.device];
    return cpu::backend_entry().create(wanted, options);
  };
  const Result result(prepare_sweep(small_plan(source, {0, 1}), source, entry), source, entry);
  EXPECT_EQ(result.error, "");
  EXPECT_TRUE(result.sink.complete());
  EXPECT_EQ(alone_on[0], 1);
  EXPECT_EQ(alone_on[1], 1);
}

/// Memory of the host that is short is an end like any other: what was done is kept.
TEST(LackOfMemory, KeepsWhatWasDone) {
  static std::atomic<int> tiles;
  tiles = 0;
  class Short final : public Backend {
   public:
    explicit Short(std::unique_ptr<Backend> inner) : inner_(std::move(inner)) {}
    void load(const RowBlock& block, std::int64_t size) override { inner_->load(block, size); }
    void grow(std::int64_t size) override { inner_->grow(size); }
    [[nodiscard]] std::span<const RowScan> scans() const override { return inner_->scans(); }
    [[nodiscard]] ErrorBounds error_bounds(std::int64_t row) const override {
      return inner_->error_bounds(row);
    }
    [[nodiscard]] std::span<const std::uint32_t> vocabulary(std::int64_t row) const override {
      return inner_->vocabulary(row);
    }
    void evaluate(std::span<const double> temperatures, const TileOutput& output) override {
      if (++tiles > 3) {
        throw std::bad_alloc();
      }
      inner_->evaluate(temperatures, output);
    }

   private:
    std::unique_ptr<Backend> inner_;
  };
  VectorSource source = make_source();
  BackendEntry entry = cpu::backend_entry();
  entry.create = [](const Wanted& wanted, const BackendOptions& options) -> std::unique_ptr<Backend> {
    return std::make_unique<Short>(cpu::backend_entry().create(wanted, options));
  };
  PreparedSweep prepared = prepare_sweep(small_plan(source, {0}), source, entry);
  prepared.tiling.rows = 1;
  const Result result(prepared, source, entry);
  EXPECT_EQ(result.status, ExitStatus::memory);
  EXPECT_TRUE(result.sink.suspended());
  EXPECT_NE(result.error.find("out of memory"), std::string::npos) << result.error;
}

}  // namespace
}  // namespace tempsweep::testing
