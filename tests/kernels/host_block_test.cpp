// SPDX-License-Identifier: Apache-2.0
#include "kernels/block/host_block.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <thread>

#include "kernels/host_support.hpp"

namespace tempsweep::kernels {
namespace {

TEST(HostBlock, every_thread_of_every_block_runs_once) {
  for (const int threads : {1, 31, 32, 33, 256, 1000, 1024}) {
    for (const HostSchedule& schedule : all_schedules()) {
      std::vector<int> seen(static_cast<std::size_t>(5 * threads));
      run_on_host({5, threads, 0}, schedule, [&](HostBlock& block) {
        EXPECT_EQ(block.count(), 5);
        EXPECT_EQ(block.threads(), threads);
        EXPECT_EQ(block.warp() * 32 + block.lane(), block.thread());
        ++seen[static_cast<std::size_t>(block.index() * threads + block.thread())];
        block.sync();
      });
      EXPECT_EQ(seen, std::vector<int>(seen.size(), 1));
    }
  }
}

TEST(HostBlock, orders_are_what_they_say) {
  const auto run = [](ThreadOrder order, std::uint64_t seed) {
    std::vector<std::int64_t> seen;
    run_on_host({3, 40, 0}, {order, seed},
                [&](HostBlock& block) { seen.push_back(block.index() * 40 + block.thread()); });
    return seen;
  };
  std::vector<std::int64_t> wanted(120);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    wanted[i] = static_cast<std::int64_t>(i);
  }
  EXPECT_EQ(run(ThreadOrder::forward, 0), wanted);
  EXPECT_EQ(run(ThreadOrder::reverse, 0), std::vector<std::int64_t>(wanted.rbegin(), wanted.rend()));
  EXPECT_EQ(run(ThreadOrder::random, 3), run(ThreadOrder::random, 3));
  EXPECT_NE(run(ThreadOrder::random, 3), run(ThreadOrder::random, 4));
  EXPECT_NE(run(ThreadOrder::random, 3), wanted);
}

TEST(HostBlock, a_barrier_separates_what_is_before_from_what_is_after) {
  for (const HostSchedule& schedule : all_schedules()) {
    int arrived = 0;
    run_on_host({1, 100, 0}, schedule, [&](HostBlock& block) {
      for (int round = 1; round <= 10; ++round) {
        ++arrived;
        block.sync();
        EXPECT_EQ(arrived, 100 * round);
        block.sync();
      }
    });
  }
}

TEST(HostBlock, what_the_body_throws_comes_out_and_stacks_unwind) {
  struct Count {
    explicit Count(int& n) : n_(n) { ++n_; }
    Count(const Count&) = delete;
    Count& operator=(const Count&) = delete;
    ~Count() { --n_; }
    int& n_;
  };
  for (const HostSchedule& schedule : all_schedules()) {
    int alive = 0;
    const auto body = [&](HostBlock& block) {
      const Count count(alive);
      const std::vector<int> owned(100, block.thread());
      block.sync();
      if (block.thread() == 70) {
        throw std::runtime_error("enough");
      }
      block.ballot(true);
      block.sync();
    };
    EXPECT_THROW(run_on_host({2, 96, 0}, schedule, body), std::runtime_error);
    EXPECT_EQ(alive, 0);
  }
  int after = 0;  // the stacks serve again
  run_on_host({1, 96, 0}, {}, [&](HostBlock& block) { after += block.ballot(true) == all_lanes ? 1 : 0; });
  EXPECT_EQ(after, 96);
}

TEST(HostBlock, launches_that_no_card_takes) {
  const auto nothing = [](HostBlock&) {};
  EXPECT_THROW(run_on_host({0, 32, 0}, {}, nothing), std::invalid_argument);
  EXPECT_THROW(run_on_host({1, 0, 0}, {}, nothing), std::invalid_argument);
  EXPECT_THROW(run_on_host({1, 1025, 0}, {}, nothing), std::invalid_argument);
}

TEST(HostBlock, launches_run_beside_and_within_one_another) {
  const auto sum = [](int threads) {
    std::uint32_t total = 0;
    run_on_host({20, threads, 0}, {}, [&](HostBlock& block) {
      block.sync();
      block.atomic_add(&total, static_cast<std::uint32_t>(block.thread()));
      block.sync();
    });
    return total;
  };
  std::array<std::uint32_t, 4> totals{};
  std::vector<std::thread> workers;
  for (std::uint32_t& total : totals) {
    workers.emplace_back([&total, &sum] { total = sum(64); });
  }
  for (std::thread& worker : workers) {
    worker.join();
  }
  EXPECT_EQ(totals, (std::array<std::uint32_t, 4>{40320, 40320, 40320, 40320}));

  std::uint32_t inner = 0;
  run_on_host({1, 4, 0}, {}, [&](HostBlock& block) {
    inner += sum(32);
    block.sync();
  });
  EXPECT_EQ(inner, 4U * 20U * 496U);
}

TEST(HostBlock, atomics_return_the_old_value_and_wrap) {
  std::uint32_t u32 = 0xffffffffU;
  std::uint64_t u64 = 7;
  std::int32_t i32 = std::numeric_limits<std::int32_t>::max();
  std::int64_t i64 = -5;
  run_on_host({1, 1, 0}, {}, [&](HostBlock& block) {
    EXPECT_EQ(block.atomic_add(&u32, 2U), 0xffffffffU);
    EXPECT_EQ(block.atomic_add(&i32, 1), std::numeric_limits<std::int32_t>::max());
    EXPECT_EQ(block.atomic_add(&u64, std::uint64_t{1} << 40U), 7U);
    EXPECT_EQ(block.atomic_max(&u64, std::uint64_t{9}), 7U + (std::uint64_t{1} << 40U));
    EXPECT_EQ(block.atomic_min(&u64, std::uint64_t{9}), 7U + (std::uint64_t{1} << 40U));
    EXPECT_EQ(block.atomic_max(&i64, std::int64_t{-6}), -5);
    EXPECT_EQ(block.atomic_min(&i64, std::int64_t{-6}), -5);
    EXPECT_EQ(block.atomic_max(&u32, 3U), 1U);
  });
  EXPECT_EQ(u32, 3U);
  EXPECT_EQ(u64, 9U);
  EXPECT_EQ(i32, std::numeric_limits<std::int32_t>::min());
  EXPECT_EQ(i64, -6);
}

TEST(HostBlock, exp2_flushes_subnormal_numbers) {
  run_on_host({1, 1, 0}, {}, [](HostBlock& block) {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    EXPECT_EQ(block.exp2_approx(-126.0F), std::numeric_limits<float>::min());
    EXPECT_EQ(block.exp2_approx(-126.5F), 0.0F);
    EXPECT_EQ(block.exp2_approx(-1e9F), 0.0F);
    EXPECT_EQ(block.exp2_approx(-infinity), 0.0F);
    EXPECT_EQ(block.exp2_approx(1e-40F), 1.0F);
    EXPECT_EQ(block.exp2_approx(0.5F), std::exp2(0.5F));
    EXPECT_EQ(block.exp2_approx(128.0F), infinity);
    EXPECT_TRUE(std::isnan(block.exp2_approx(std::numeric_limits<float>::quiet_NaN())));
  });
}

}  // namespace
}  // namespace tempsweep::kernels
