// SPDX-License-Identifier: Apache-2.0
// Copies from pinned memory go straight, others by way of the staging's own: what arrives must be the same.
#include "backend/cuda/staging.hpp"

#include <algorithm>
#include <memory_resource>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "backend/cuda/pinned_memory.hpp"
#include "kernels/host/host_runtime.hpp"

namespace tempsweep::testing {
namespace {

struct OnHost {
  std::unique_ptr<kernels::Runtime> runtime = kernels::make_host_runtime();
  cuda::Device device{*runtime, 0};
  cuda::DeviceStream stream{device};
  cuda::Staging staging{device};
  cuda::PinnedMemory memory{*runtime, 0};
};

void expect_rows_arrive(OnHost& host, std::pmr::memory_resource* memory, std::int64_t rows,
                        std::int64_t columns, std::int64_t stride) {
  const std::int64_t host_stride = columns + 3;
  std::pmr::vector<double> from(static_cast<std::size_t>(rows * host_stride), memory);
  std::iota(from.begin(), from.end(), 1.0);
  cuda::DeviceArray<double> there(host.device);
  const auto size = static_cast<std::size_t>(rows * stride);
  there.reserve(rows * stride);
  host.staging.upload_rows(there.get(), stride, from.data(), host_stride, rows, columns, host.stream.get());
  std::pmr::vector<double> back(size, memory);
  host.staging.download(std::span<double>(back), there.get(), host.stream.get());
  for (std::int64_t i = 0; i < rows * stride; ++i) {
    const std::int64_t column = i % stride;
    const double expected = column < columns ? static_cast<double>(i / stride * host_stride + column + 1) : 0;
    ASSERT_EQ(back[static_cast<std::size_t>(i)], expected) << i;
  }
}

TEST(Staging, BringsRowsFromAnyMemory) {
  OnHost host;
  for (std::pmr::memory_resource* const memory :
       {std::pmr::new_delete_resource(), static_cast<std::pmr::memory_resource*>(&host.memory)}) {
    expect_rows_arrive(host, memory, 3, 10, 16);
    expect_rows_arrive(host, memory, 40, 40000, 40000);
    expect_rows_arrive(host, memory, 7, 300000, 300032);
    expect_rows_arrive(host, memory, 2, 1500000, 1500000);  // a row in several pieces
  }
}

TEST(PinnedMemory, PinsWhatIsLargeAndKnowsIt) {
  OnHost host;
  const std::pmr::vector<double> small(100, &host.memory);
  const std::pmr::vector<double> large(std::size_t{1} << 18U, &host.memory);
  EXPECT_FALSE(host.runtime->is_pinned(small.data()));
  EXPECT_TRUE(host.runtime->is_pinned(large.data()));
  EXPECT_TRUE(host.runtime->is_pinned(&large.back()));
  EXPECT_FALSE(host.runtime->is_pinned(large.data() + large.size()));
}

TEST(PinnedMemory, IsOrdinaryWhereNoneCanBePinned) {
  kernels::HostDevice device;
  device.failing_setup = 1;
  const auto runtime = kernels::make_host_runtime(device);
  cuda::PinnedMemory memory(*runtime, 0);
  const std::pmr::vector<double> large(std::size_t{1} << 18U, &memory);
  EXPECT_FALSE(runtime->is_pinned(large.data()));
}

/// The driver of a card that has failed answers nothing; what was pinned must go back where it came from.
TEST(PinnedMemory, IsGivenBackThoughTheCardHasFailed) {
  kernels::HostDevice device;
  device.failing_call = 1;
  const auto runtime = kernels::make_host_runtime(device);
  cuda::PinnedMemory memory(*runtime, 0);
  const std::pmr::vector<double> large(std::size_t{1} << 18U, &memory);
  EXPECT_FALSE(runtime->synchronise(nullptr).ok());
  EXPECT_FALSE(runtime->is_pinned(large.data()));
}

}  // namespace
}  // namespace tempsweep::testing
