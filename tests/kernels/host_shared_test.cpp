// SPDX-License-Identifier: Apache-2.0
// Shared memory in kernels that are right: the same results in every order.
#include <cmath>
#include <utility>

#include "kernels/host_support.hpp"

namespace tempsweep::kernels {
namespace {

/// Sum over the block: a shuffle tree in each warp, one more over the warps.
template <class Block>
double block_sum(Block& block, double value) {
  auto parts = block.template shared<double>(32);
  for (int distance = 16; distance > 0; distance /= 2) {
    value += block.shuffle_xor(value, distance);
  }
  if (block.lane() == 0) {
    parts[block.warp()] = value;
  }
  block.sync();
  double total = 0;
  for (int warp = 0; warp < block.threads() / 32; ++warp) {
    total += parts[warp];
  }
  return total;
}

TEST(HostShared, block_reduction_is_the_same_in_every_order) {
  for (const HostSchedule& schedule : all_schedules()) {
    run_on_host({3, 256, 256}, schedule, [](HostBlock& block) {
      const double total = block_sum(block, std::ldexp(1.0, block.thread() % 32) * (block.warp() + 1));
      EXPECT_EQ(total, 4294967295.0 * 36);
    });
  }
}

TEST(HostShared, histogram_with_atomics_is_the_same_in_every_order) {
  std::vector<std::uint32_t> wanted(16);
  for (std::uint32_t i = 0; i < 1000; ++i) {
    ++wanted[i * i % 16];
  }
  for (const HostSchedule& schedule : all_schedules()) {
    std::vector<std::uint32_t> counts(16);
    run_on_host({1, 100, 64}, schedule, [&](HostBlock& block) {
      auto histogram = block.shared<std::uint32_t>(16);
      if (block.thread() < 16) {
        histogram[block.thread()] = 0U;
      }
      block.sync();
      for (std::uint32_t i = static_cast<std::uint32_t>(block.thread()); i < 1000; i += 100) {
        block.atomic_add(histogram, static_cast<int>(i * i % 16), 1U);
      }
      block.sync();
      if (block.thread() < 16) {
        counts[static_cast<std::size_t>(block.thread())] = histogram[block.thread()];
      }
    });
    EXPECT_EQ(counts, wanted);
  }
}

/// Hillis-Steele with two buffers.
void scan(HostBlock& block, std::vector<int>& out) {
  auto from = block.shared<int>(block.threads());
  auto to = block.shared<int>(block.threads());
  const int i = block.thread();
  from[i] = i * i % 7;
  for (int distance = 1; distance < block.threads(); distance *= 2) {
    block.sync();
    to[i] = from[i];
    if (i >= distance) {
      to[i] += from[i - distance];
    }
    std::swap(from, to);
  }
  out[static_cast<std::size_t>(i)] = from[i];
}

TEST(HostShared, scan_is_the_same_in_every_order) {
  for (const int threads : {1, 32, 50, 1024}) {
    std::vector<int> wanted(static_cast<std::size_t>(threads));
    for (int i = 0, sum = 0; i < threads; ++i) {
      wanted[static_cast<std::size_t>(i)] = sum += i * i % 7;
    }
    for (const HostSchedule& schedule : all_schedules()) {
      std::vector<int> out(wanted.size());
      run_on_host({2, threads, 8200}, schedule, [&](HostBlock& block) { scan(block, out); });
      EXPECT_EQ(out, wanted);
    }
  }
}

TEST(HostShared, reads_and_writes_as_a_pointer_does) {
  run_on_host({1, 1, 4096}, {}, [](HostBlock& block) {
    auto a = block.shared<int>(10);
    auto b = block.shared<std::uint8_t>(3);
    for (int i = 0; i < 10; ++i) {
      a[i] = i;
    }
    auto c = a + 4;
    c[0] += 10;
    c[1] *= 3;
    ++c[2];
    EXPECT_EQ(c[2]--, 7);
    c[3] = c[4] = c[5];
    c -= 1;
    b[0U] = 2;
    b[std::size_t{1}] = 5;
    b[1] -= 1;
    EXPECT_EQ(int{a[b[0]]}, 2);
    EXPECT_EQ(int{a[std::int64_t{4}]}, 14);
    EXPECT_EQ(int{a[5]}, 15);
    EXPECT_EQ(int{*(a + 6)}, 6);
    EXPECT_EQ(int{a[7]}, 9);
    EXPECT_EQ(c[5] + c[0] * 2, 9 + 6);
    EXPECT_EQ(int{b[1]}, 4);
    int* const raw = &a[1];
    raw[1] = 77;
    EXPECT_EQ(int{a[2]}, 77);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&b[0]) % 16, 0U);
  });
}

TEST(HostShared, each_block_finds_it_fresh) {
  int blocks = 0;
  run_on_host({3, 32, 128}, {}, [&](HostBlock& block) {
    auto a = block.shared<float>(32);
    const float* const raw = &a[block.lane()];
    EXPECT_TRUE(std::isnan(*raw));
    a[block.lane()] = 1.0F;
    blocks += block.thread() == 0 ? 1 : 0;
  });
  EXPECT_EQ(blocks, 3);
  expect_fault({2, 32, 128}, FaultKind::shared_uninitialised, {"block 1, ", "reads element "},
               [](HostBlock& block) {
                 auto a = block.shared<int>(32);
                 if (block.index() == 0) {
                   a[block.lane()] = 1;
                 } else {
                   a[block.lane()] += 1;
                 }
               });
}

}  // namespace
}  // namespace tempsweep::kernels
