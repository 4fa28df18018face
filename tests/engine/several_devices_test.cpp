// SPDX-License-Identifier: Apache-2.0
// Runs that are dealt to several devices, on devices that are not there: what is computed must not depend on
// who computes it, and what a device loses must be done by the others.
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "backend/cuda/cuda_backend.hpp"
#include "engine/small_sweeps.hpp"
#include "kernels/host/host_runtime.hpp"

namespace tempsweep::testing {
namespace {

using namespace small;  // NOLINT(google-build-using-namespace): they are what it is about

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

}  // namespace
}  // namespace tempsweep::testing
