// SPDX-License-Identifier: Apache-2.0
// The race check against vector clocks of all threads, on programs made at random.
#include <algorithm>
#include <array>
#include <random>

#include "kernels/host_support.hpp"

namespace tempsweep::kernels {
namespace {

constexpr int threads = 36;  // a whole warp and one of four lanes

enum class Act { read, write, atomic, warp_op, barrier };

/// An access is of one thread, an operation of the lanes of a mask.
struct Step {
  Act act;
  int thread;  ///< accesses
  int element;
  int warp;  ///< operations
  unsigned mask;
};

using Clock = std::array<int, threads>;

struct Access {
  Act act;
  int thread, element;
  int time;     ///< on the clock of its thread
  Clock clock;  ///< what is ordered before it
};

bool takes_part(const Step& step, int thread) {
  const auto lane = static_cast<unsigned>(thread % 32);
  switch (step.act) {
    case Act::barrier:
      return true;
    case Act::warp_op:
      return thread / 32 == step.warp && (step.mask >> lane & 1U) != 0;
    default:
      return thread == step.thread;
  }
}

std::vector<Access> accesses_of(const std::vector<Step>& program) {
  std::vector<Clock> clocks(threads, Clock{});
  std::vector<Access> accesses;
  for (const Step& step : program) {
    if (step.act != Act::barrier && step.act != Act::warp_op) {
      Clock& own = clocks[static_cast<std::size_t>(step.thread)];
      const int time = ++own[static_cast<std::size_t>(step.thread)];
      accesses.push_back({step.act, step.thread, step.element, time, own});
      continue;
    }
    Clock joined{};
    for (int thread = 0; thread < threads; ++thread) {
      for (std::size_t k = 0; takes_part(step, thread) && k < threads; ++k) {
        joined[k] = std::max(joined[k], clocks[static_cast<std::size_t>(thread)][k]);
      }
    }
    for (int thread = 0; thread < threads; ++thread) {
      if (takes_part(step, thread)) {
        clocks[static_cast<std::size_t>(thread)] = joined;
      }
    }
  }
  return accesses;
}

bool has_race(const std::vector<Step>& program) {
  const std::vector<Access> accesses = accesses_of(program);
  for (const Access& a : accesses) {
    for (const Access& b : accesses) {
      const bool conflict = a.thread != b.thread && a.element == b.element && a.act != b.act;
      const bool writes =
          a.act == b.act && a.act == Act::write && a.thread != b.thread && a.element == b.element;
      const bool a_first = b.clock[static_cast<std::size_t>(a.thread)] >= a.time;
      const bool b_first = a.clock[static_cast<std::size_t>(b.thread)] >= b.time;
      if ((conflict || writes) && !a_first && !b_first) {
        return true;
      }
    }
  }
  return false;
}

void run_program(HostBlock& block, const std::vector<Step>& program) {
  auto array = block.shared<std::uint32_t>(2);
  if (block.thread() == 0) {
    array[0] = 0U;
    array[1] = 0U;
  }
  block.sync();
  for (const Step& step : program) {
    if (!takes_part(step, block.thread())) {
      continue;
    }
    switch (step.act) {
      case Act::read:
        static_cast<void>(std::uint32_t{array[step.element]});
        break;
      case Act::write:
        array[step.element] = 1U;
        break;
      case Act::atomic:
        block.atomic_add(array, step.element, 1U);
        break;
      case Act::warp_op:
        block.sync_warp(step.mask);
        break;
      case Act::barrier:
        block.sync();
        break;
    }
  }
}

std::vector<Step> random_program(std::mt19937& random, bool partial) {
  const auto below = [&](unsigned n) { return static_cast<int>(random() % n); };
  std::vector<Step> program;
  for (int i = 0; i < 10; ++i) {
    const int kind = below(20);
    const int warp = below(2);
    const unsigned part = static_cast<unsigned>(below(15)) + 1U;
    if (kind == 0) {
      program.push_back({Act::barrier, 0, 0, 0, 0});
    } else if (kind < 11) {
      program.push_back({Act::warp_op, 0, 0, warp, partial && kind > 3 ? part : all_lanes});
    } else {
      const Act act = kind < 15 ? Act::read : (kind < 18 ? Act::write : Act::atomic);
      program.push_back({act, below(5) == 0 ? 32 + below(4) : below(4), below(2), 0, 0});
    }
  }
  return program;
}

TEST(HostRaceReference, every_race_is_one_and_few_are_missed) {
  std::mt19937 random(11);
  int races = 0;
  int missed = 0;
  int right = 0;
  for (int round = 0; round < 6000; ++round) {
    const bool partial = round % 2 == 1;
    const std::vector<Step> program = random_program(random, partial);
    const bool wanted = has_race(program);
    const HostSchedule schedule{static_cast<ThreadOrder>(round / 2 % 3), random()};
    const auto fault = fault_of({1, threads, 64}, schedule, [&](HostBlock& b) { run_program(b, program); });
    ASSERT_TRUE(!fault.has_value() || fault->kind() == FaultKind::shared_race) << fault->what();
    ASSERT_TRUE(wanted || !fault.has_value()) << fault->what();
    ASSERT_TRUE(partial || wanted == fault.has_value()) << "round " << round;
    races += wanted ? 1 : 0;
    right += wanted ? 0 : 1;
    missed += wanted && !fault.has_value() ? 1 : 0;
  }
  EXPECT_GT(races, 1000);
  EXPECT_GT(right, 1000);
  EXPECT_LT(missed, races / 50);
  RecordProperty("races", races);
  RecordProperty("missed", missed);
}

}  // namespace
}  // namespace tempsweep::kernels
