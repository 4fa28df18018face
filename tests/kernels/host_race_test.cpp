// SPDX-License-Identifier: Apache-2.0
// Races in shared memory: kernels that miss one barrier, and kernels that look as if they did.
#include "kernels/host_support.hpp"

namespace tempsweep::kernels {
namespace {

constexpr HostLaunch one_block{2, 64, 1024};

template <class Body>
void expect_race(const std::vector<std::string>& parts, const Body& body) {
  expect_fault(one_block, FaultKind::shared_race, parts, body);
}

/// Thread 33 tells all a number, twice.
void broadcast(HostBlock& block, bool barrier_before_write, bool barrier_after_write) {
  auto word = block.shared<int>(1);
  if (block.thread() == 33) {
    word[0] = -1;
  }
  for (int round = 0; round < 2; ++round) {
    if (barrier_before_write) {
      block.sync();
    }
    if (block.thread() == 33) {
      word[0] = round;
    }
    if (barrier_after_write) {
      block.sync();
    }
    const int read = word[0];
    block.ballot(read == round);
  }
}

TEST(HostRace, a_broadcast_needs_both_barriers) {
  expect_no_fault(one_block, [](HostBlock& block) { broadcast(block, true, true); });
  expect_race({"element 0 of shared piece 0"}, [](HostBlock& block) { broadcast(block, true, false); });
  expect_race({"element 0 of shared piece 0"}, [](HostBlock& block) { broadcast(block, false, true); });
}

TEST(HostRace, names_both_threads_and_both_places) {
  const int line = __LINE__ + 5;
  const std::optional<BlockFault> fault = fault_of(one_block, {}, [](HostBlock& block) {
    auto a = block.shared<int>(64);
    a[block.thread()] = 0;
    block.sync();
    a[block.thread()] = 1;
    if (block.thread() == 50) {
      a[7] = 2;
    }
  });
  ASSERT_TRUE(fault.has_value());
  EXPECT_EQ(fault->kind(), FaultKind::shared_race);
  EXPECT_EQ(fault->block(), 0);
  EXPECT_EQ(fault->thread(), 50);
  const std::string text = fault->what();
  EXPECT_EQ(text.find("block 0, thread 50: shared_race: writes element 7 "), 0U) << text;
  EXPECT_NE(text.find(site(line + 2) + ", which thread 7 writes at "), std::string::npos) << text;
  EXPECT_NE(text.find(site(line) + ", and nothing"), std::string::npos) << text;
}

TEST(HostRace, neighbours_in_a_warp_need_the_warp_in_step) {
  const auto rotate = [](bool in_step, auto&& order) {
    return [in_step, order](HostBlock& block) {
      auto a = block.shared<int>(64);
      a[block.thread()] = block.thread();
      order(block);
      const int next = a[block.warp() * 32 + (block.lane() + 1) % 32];
      if (in_step) {
        order(block);
      }
      a[block.thread()] = next;
    };
  };
  const auto sync_warp = [](HostBlock& b) { b.sync_warp(); };
  expect_no_fault(one_block, rotate(true, sync_warp));
  expect_race({"element "}, rotate(true, [](HostBlock& b) { b.shuffle(1, 0); }));
  expect_race({"element "}, rotate(true, [](HostBlock& b) { b.ballot(true); }));
  expect_race({"element "}, rotate(true, [](HostBlock& b) { b.match_any(1); }));
  expect_race({"element "}, rotate(false, sync_warp));
}

TEST(HostRace, a_warp_in_step_does_not_order_the_other_warp) {
  expect_race({"element "}, [](HostBlock& block) {
    auto a = block.shared<int>(64);
    a[block.thread()] = 0;
    block.sync();
    a[block.thread()] = 1;
    block.sync_warp();
    const int across = a[63 - block.thread()];
    block.ballot(across == 1);
  });
}

/// Lane 0 writes, lane `reader` reads, after the masks in turn.
auto pass_on(std::vector<unsigned> masks, int reader) {
  return [masks = std::move(masks), reader](HostBlock& block) {
    auto a = block.shared<int>(2);
    if (block.lane() == 0) {
      a[block.warp()] = 1;
    }
    block.sync();
    if (block.lane() == 0) {
      a[block.warp()] = 2;
    }
    for (const unsigned mask : masks) {
      if ((mask >> static_cast<unsigned>(block.lane()) & 1U) != 0) {
        block.sync_warp(mask);
      }
    }
    if (block.lane() == reader) {
      EXPECT_GE(int{a[block.warp()]}, 1);
    }
  };
}

TEST(HostRace, part_of_a_warp_orders_its_own_lanes) {
  expect_no_fault(one_block, pass_on({0x3U}, 1));
  expect_no_fault(one_block, pass_on({0x3U, 0x6U}, 2));  // by way of lane 1
  expect_no_fault(one_block, pass_on({0x3U, 0x6U, 0xcU}, 3));
  expect_no_fault(one_block, pass_on({0xf0U, 0xffffffffU}, 9));
  expect_race({"element "}, pass_on({0x3U}, 2));
  expect_race({"element "}, pass_on({0x6U, 0x3U}, 2));  // the other way round lane 2 learns nothing
  expect_race({"element "}, pass_on({0xfffffffeU}, 2));
}

TEST(HostRace, atomics_race_with_others_only) {
  const auto count = [](bool before, bool after) {
    return [before, after](HostBlock& block) {
      auto n = block.shared<std::uint32_t>(1);
      if (block.thread() == 0) {
        n[0] = 0U;
      }
      block.sync();
      if (!before && block.thread() == 9) {
        n[0] = 0U;
      }
      block.atomic_add(n, 0, 1U);
      block.atomic_add(n, 0, 1U);
      if (after) {
        block.sync();
      }
      if (block.thread() == 20) {
        EXPECT_EQ(std::uint32_t{n[0]}, 128U);
      }
    };
  };
  expect_no_fault(one_block, count(true, true));
  expect_race({"changes atomically"}, count(false, true));
  const auto fault = fault_of(one_block, {}, [&](HostBlock& block) {
    auto n = block.shared<std::uint32_t>(1);
    if (block.thread() == 0) {
      n[0] = 0U;
    }
    block.sync();
    block.atomic_add(n, 0, 1U);
    if (block.thread() == 63) {
      const std::uint32_t seen = n[0];
      block.atomic_add(n, 0, seen);
    }
  });
  ASSERT_TRUE(fault.has_value());
  EXPECT_EQ(fault->kind(), FaultKind::shared_race);
}

TEST(HostRace, many_readers_and_none) {
  expect_no_fault(one_block, [](HostBlock& block) {
    auto a = block.shared<int>(1);
    if (block.thread() == 0) {
      a[0] = 3;
    }
    block.sync();
    int sum = 0;
    for (int i = 0; i < 10; ++i) {
      sum += a[0];
      block.sync_warp(block.lane() < 16 ? 0xffffU : 0xffff0000U);
    }
    block.sync();
    if (block.thread() == 63) {
      a[0] = sum;
    }
  });
  // One reader of another warp is enough, however many of its own warp are in order.
  expect_race({"element 0 "}, [](HostBlock& block) {
    auto a = block.shared<int>(2);
    if (block.thread() < 2) {
      a[block.thread()] = 3;
    }
    block.sync();
    const int read = block.thread() < 33 ? int{a[0]} : 3;
    block.sync_warp();
    if (block.thread() == 0) {
      a[0] = read;
    }
  });
}

TEST(HostRace, grid_stride_loops_that_use_shared_memory_again) {
  const auto body = [](bool last_barrier) {
    return [last_barrier](HostBlock& block) {
      auto parts = block.shared<int>(2);
      for (int item = 0; item < 3; ++item) {
        if (block.lane() == 0) {
          parts[block.warp()] = item;
        }
        block.sync();
        EXPECT_EQ(parts[0] + parts[1], 2 * item);
        if (last_barrier) {
          block.sync();
        }
      }
    };
  };
  expect_no_fault(one_block, body(true));
  expect_race({"element "}, body(false));
}

}  // namespace
}  // namespace tempsweep::kernels
