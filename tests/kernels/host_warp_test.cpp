// SPDX-License-Identifier: Apache-2.0
// Warp operations against plain loops over the lanes of their masks, and what they refuse.
#include <array>
#include <bit>
#include <random>

#include "kernels/host_support.hpp"

namespace tempsweep::kernels {
namespace {

struct Wide {
  std::array<std::uint32_t, 32> words;
  bool operator==(const Wide&) const = default;
};
static_assert(sizeof(Wide) == 128);

template <class T>
T value_of(std::uint32_t n) {
  if constexpr (std::is_same_v<T, Wide>) {
    Wide wide{};
    for (std::uint32_t i = 0; i < 32; ++i) {
      wide.words.at(i) = n * 100 + i;
    }
    return wide;
  } else {
    return static_cast<T>(n);
  }
}

/// Every shuffle of a warp of `lanes` lanes, values 3 lane + 1.
template <class T>
void check_shuffles(int lanes) {
  const auto wanted = [](int lane) { return value_of<T>(static_cast<std::uint32_t>(3 * lane + 1)); };
  for (const HostSchedule& schedule : all_schedules()) {
    run_on_host({1, lanes, 0}, schedule, [&](HostBlock& block) {
      const int lane = block.lane();
      const T own = wanted(lane);
      for (int k = 0; k < lanes; ++k) {
        EXPECT_EQ(block.shuffle(own, k), wanted(k));
        EXPECT_EQ(block.shuffle(own, (lane + k) % lanes), wanted((lane + k) % lanes));
        EXPECT_EQ(block.shuffle_up(own, k), wanted(lane < k ? lane : lane - k));
        if (lanes == 32) {
          EXPECT_EQ(block.shuffle_xor(own, k), wanted(lane ^ k));
          EXPECT_EQ(block.shuffle_down(own, k), wanted(lane + k > 31 ? lane : lane + k));
        }
      }
      EXPECT_EQ(block.shuffle_up(own, 40), own);
      EXPECT_EQ(block.shuffle_down(own, 40), own);
    });
  }
}

TEST(HostWarp, shuffles_move_values_of_any_size) {
  for (const int lanes : {1, 7, 32}) {
    check_shuffles<std::uint8_t>(lanes);
    check_shuffles<float>(lanes);
    check_shuffles<double>(lanes);
    check_shuffles<Wide>(lanes);
  }
}

TEST(HostWarp, ballot_and_match_any_are_their_loops) {
  std::mt19937 random(5);
  for (int round = 0; round < 20; ++round) {
    std::array<std::uint32_t, 32> values{};
    for (std::uint32_t& value : values) {
      value = static_cast<std::uint32_t>(random() % 5);
    }
    run_on_host({1, 32, 0}, {ThreadOrder::random, random()}, [&](HostBlock& block) {
      const std::uint32_t own = values.at(static_cast<std::size_t>(block.lane()));
      unsigned equal = 0;
      unsigned odd = 0;
      for (std::size_t k = 0; k < 32; ++k) {
        equal |= values.at(k) == own ? 1U << k : 0U;
        odd |= values.at(k) % 2 == 1 ? 1U << k : 0U;
      }
      EXPECT_EQ(block.match_any(own), equal);
      EXPECT_EQ(block.ballot(own % 2 == 1), odd);
    });
  }
}

TEST(HostWarp, masks_keep_groups_apart) {
  for (const HostSchedule& schedule : all_schedules()) {
    run_on_host({1, 64, 0}, schedule, [](HostBlock& block) {
      const unsigned mask = 0x11111111U << static_cast<unsigned>(block.lane() % 4);
      int sum = block.lane();
      for (int distance = 4; distance < 32; distance *= 2) {
        sum += block.shuffle_xor(sum, distance, mask);
      }
      EXPECT_EQ(sum, 8 * (block.lane() % 4) + 112);
      EXPECT_EQ(block.ballot(true, mask), mask);
      EXPECT_EQ(block.match_any(3, mask), mask);
      block.sync_warp(mask);
      if (block.lane() < 8) {
        EXPECT_EQ(block.ballot(block.lane() < 2, 0xffU), 3U);  // the others go on to the barrier
      }
      block.sync();
    });
  }
}

TEST(HostWarp, a_full_mask_means_the_lanes_that_exist) {
  run_on_host({1, 37, 0}, {}, [](HostBlock& block) {
    const unsigned wanted = block.warp() == 0 ? all_lanes : 0x1fU;
    EXPECT_EQ(block.ballot(true), wanted);
    EXPECT_EQ(block.match_any(1), wanted);
  });
}

TEST(HostWarp, shuffle_from_outside_the_mask) {
  const int line = __LINE__ + 4;
  expect_fault({1, 32, 0}, FaultKind::bad_shuffle, {site(line), "thread 15", "lane 16", "0x0000ffff"},
               [](HostBlock& block) {
                 if (block.lane() < 16) {
                   block.shuffle(block.lane(), block.lane() == 15 ? 16 : block.lane(), 0xffffU);
                 }
               });
}

TEST(HostWarp, shuffle_from_a_lane_that_is_not_there) {
  expect_fault({1, 20, 0}, FaultKind::bad_shuffle, {"shuffle_down", "which is not in it"},
               [](HostBlock& block) { block.shuffle_down(1.0F, 1); });
  expect_fault({1, 32, 0}, FaultKind::bad_shuffle, {"lane 32"},
               [](HostBlock& block) { block.shuffle(1.0F, block.lane() == 9 ? 32 : 0); });
  expect_fault({1, 32, 0}, FaultKind::bad_shuffle, {"lane -1"},
               [](HostBlock& block) { block.shuffle_up(1.0F, -1); });
}

TEST(HostWarp, a_caller_outside_its_own_mask) {
  const auto mask = [](const HostBlock& block) { return block.lane() == 31 ? 0x7fffffffU : all_lanes; };
  const std::vector<std::string> parts{"thread 31", "leaves out its own lane 31", "0x7fffffff"};
  expect_fault({1, 32, 0}, FaultKind::bad_shuffle, parts, [&](HostBlock& b) { b.ballot(true, mask(b)); });
  expect_fault({1, 32, 0}, FaultKind::bad_shuffle, parts, [&](HostBlock& b) { b.match_any(1, mask(b)); });
  expect_fault({1, 32, 0}, FaultKind::bad_shuffle, parts, [&](HostBlock& b) { b.sync_warp(mask(b)); });
  expect_fault({1, 32, 0}, FaultKind::bad_shuffle, parts, [&](HostBlock& b) { b.shuffle(1, 0, mask(b)); });
}

TEST(HostWarp, a_mask_that_names_an_ended_lane) {
  expect_fault({2, 64, 0}, FaultKind::divergent_warp,
               {"thread 37: ", "thread 37 ended", "threads 32-36, 38-63"}, [](HostBlock& block) {
                 if (block.thread() != 37) {
                   block.ballot(true);
                 }
               });
}

TEST(HostWarp, lanes_at_different_operations) {
  const auto fails = [](const auto& body) {
    expect_fault({1, 32, 0}, FaultKind::divergent_warp, {"thread 3: ", "threads 0-2, 4-31 in ballot"}, body);
  };
  fails([](HostBlock& b) { b.lane() == 3 ? b.match_any(1) : b.ballot(true); });            // kind
  fails([](HostBlock& b) { b.ballot(true, b.lane() == 3 ? all_lanes - 1 : all_lanes); });  // mask
  fails([](HostBlock& b) {                                                                 // site
    if (b.lane() == 3) {
      b.ballot(true);
    } else {
      b.ballot(true);
    }
  });
  fails([](HostBlock& b) {  // a barrier of the block
    if (b.lane() != 3) {
      b.ballot(true);
    }
    b.sync();
  });
}

TEST(HostWarp, threads_at_different_barriers) {
  const int line = __LINE__ + 5;
  expect_fault({1, 96, 0}, FaultKind::divergent_barrier,
               {"thread 64: ", "threads 64-95 in sync at", site(line), site(line + 2), "threads 0-63 in"},
               [](HostBlock& block) {
                 if (block.warp() == 2) {
                   block.sync();
                 } else {
                   block.sync();
                 }
               });
}

TEST(HostWarp, a_barrier_in_one_branch_only) {
  expect_fault({1, 64, 0}, FaultKind::divergent_barrier, {"threads 32-63 ended", "threads 0-31 in sync at"},
               [](HostBlock& block) {
                 block.sync();
                 if (block.warp() == 0) {
                   block.sync();
                 }
               });
}

TEST(HostWarp, an_early_return_before_a_barrier) {
  expect_fault({3, 64, 0}, FaultKind::divergent_barrier, {"block 1, thread 5: ", "thread 5 ended"},
               [](HostBlock& block) {
                 if (block.index() == 1 && block.thread() == 5) {
                   return;
                 }
                 block.sync();
               });
  expect_no_fault({3, 64, 0}, [](HostBlock& block) {
    if (block.index() != 1) {
      block.sync();
    }
  });
}

}  // namespace
}  // namespace tempsweep::kernels
