// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/core/parallel.hpp"

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace tempsweep {
namespace {

class ParallelFor : public ::testing::TestWithParam<int> {};

TEST_P(ParallelFor, RunsEveryItemOnceOnAWorkerOfItsOwn) {
  const int threads = GetParam();
  for (const std::int64_t items : {0, 1, 2, 7, 1000}) {
    std::vector<std::atomic<int>> runs(static_cast<std::size_t>(items));
    std::vector<std::atomic<int>> busy(static_cast<std::size_t>(threads));
    std::atomic<int> clashes{0};
    parallel_for(items, threads, [&](std::int64_t item, int worker) {
      auto& flag = busy.at(static_cast<std::size_t>(worker));
      clashes += flag.exchange(1);
      ++runs.at(static_cast<std::size_t>(item));
      flag = 0;
    });
    EXPECT_EQ(clashes, 0);
    for (const auto& count : runs) {
      EXPECT_EQ(count, 1);
    }
  }
}

TEST_P(ParallelFor, StopsAtTheFirstExceptionAndThrowsIt) {
  std::atomic<std::int64_t> done{0};
  const auto body = [&](std::int64_t item, int) {
    if (item == 10) {
      throw std::runtime_error("item 10");
    }
    if (item > 10) {  // not so fast that all are done before a busy machine lets the thrower go on
      std::this_thread::sleep_for(std::chrono::microseconds(20));
    }
    ++done;
  };
  EXPECT_THROW(parallel_for(1'000'000, GetParam(), body), std::runtime_error);
  EXPECT_LT(done, 1'000'000 - 1) << "the rest is not run to the end first";
}

INSTANTIATE_TEST_SUITE_P(Threads, ParallelFor, ::testing::Values(1, 2, 3, 16));

TEST(AvailableThreads, IsAtLeastOne) {
  EXPECT_GE(available_threads(), 1);
}

}  // namespace
}  // namespace tempsweep
