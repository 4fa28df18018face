// SPDX-License-Identifier: Apache-2.0
// Shared memory in kernels that are right but for one thing.
#include "kernels/host_support.hpp"

namespace tempsweep::kernels {
namespace {

constexpr HostLaunch one_block{1, 64, 1024};

TEST(HostSharedFault, uninitialised_read) {
  const int line = __LINE__ + 8;
  expect_fault(one_block, FaultKind::shared_uninitialised,
               {"thread 0: ", "reads element 63 ", "piece 0 (64 of int", site(line)}, [](HostBlock& block) {
                 auto a = block.shared<int>(64);
                 if (block.thread() < 63) {
                   a[block.thread()] = 1;
                 }
                 block.sync();
                 const int next = a[63 - block.thread()];
                 block.sync();
                 a[block.thread()] = next;
               });
  expect_fault(one_block, FaultKind::shared_uninitialised, {"changes atomically element 1 "},
               [](HostBlock& block) {
                 auto a = block.shared<std::uint32_t>(2);
                 if (block.thread() == 0) {
                   a[0] = 0U;
                 }
                 block.sync();
                 block.atomic_add(a, block.thread() == 40 ? 1 : 0, 1U);
               });
}

TEST(HostSharedFault, index_outside_the_piece) {
  const int line = __LINE__ + 6;
  expect_fault(one_block, FaultKind::shared_overrun,
               {"thread 63: ", "element 64 ", "64 of double", site(line)}, [](HostBlock& block) {
                 auto a = block.shared<double>(64);
                 auto b = block.shared<double>(32);
                 static_cast<void>(b);
                 (a + 1)[block.thread()] = 1;
               });
  expect_fault(one_block, FaultKind::shared_overrun, {"element -1 "}, [](HostBlock& block) {
    auto a = block.shared<double>(64);
    a[block.thread()] = 0;
    block.sync();
    const double before = a[block.thread() - 1];
    block.shuffle(before, 0);
  });
  expect_fault(one_block, FaultKind::shared_overrun, {"element 64 "}, [](HostBlock& block) {
    auto a = block.shared<std::uint32_t>(64);
    a[block.thread()] = 0U;
    block.atomic_add(a, 64, 1U);
  });
}

TEST(HostSharedFault, raw_address_past_the_piece) {
  for (const int offset : {-1, 3, 15}) {
    const int line = __LINE__ + 8;
    expect_fault(one_block, FaultKind::shared_overrun,
                 {offset < 0 ? "before shared piece 1" : "behind shared piece 1", site(line)},
                 [&](HostBlock& block) {
                   auto a = block.shared<int>(8);
                   auto b = block.shared<char>(3);
                   static_cast<void>(a);
                   (&b[0])[offset] = 1;
                   block.sync();
                 });
  }
  expect_fault(one_block, FaultKind::shared_overrun, {"the end of the block"},
               [&](HostBlock& block) { (&block.shared<int>(3)[0])[3] = 1; });
}

TEST(HostSharedFault, more_than_declared) {
  const auto body = [](HostBlock& block) {
    block.shared<char>(3);
    block.shared<double>(2);
  };
  expect_no_fault({1, 33, 32}, body);
  expect_fault({1, 33, 31}, FaultKind::shared_overrun, {"32 bytes of shared memory taken, 31 declared"},
               body);
  expect_fault({1, 1, 31}, FaultKind::shared_overrun, {"-1 of int"}, [](HostBlock& b) { b.shared<int>(-1); });
}

TEST(HostSharedFault, different_pieces) {
  expect_fault(one_block, FaultKind::shared_mismatch, {"8 of int", "9 of int"},
               [](HostBlock& b) { b.shared<int>(b.thread() == 7 ? 9 : 8); });
  expect_fault(one_block, FaultKind::shared_mismatch, {"8 of int", "8 of float"}, [](HostBlock& b) {
    if (b.thread() == 7) {
      b.shared<float>(8);
    } else {
      b.shared<int>(8);
    }
  });
  expect_fault(one_block, FaultKind::shared_mismatch, {"thread 7: ", "thread 7 asked for 2"},
               [](HostBlock& b) {
                 b.shared<int>(8);
                 if (b.thread() == 7) {
                   b.shared<int>(8);
                 }
               });
  expect_no_fault(one_block, [](HostBlock& b) {
    if (b.thread() < 40) {
      b.shared<int>(8);
    }
  });
}

}  // namespace
}  // namespace tempsweep::kernels
