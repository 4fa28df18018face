// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kernels/block/host_block.hpp"

namespace tempsweep::kernels {

/// Forward, reverse, and some random orders.
inline std::vector<HostSchedule> all_schedules() {
  std::vector<HostSchedule> schedules{{ThreadOrder::forward, 0}, {ThreadOrder::reverse, 0}};
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    schedules.push_back({ThreadOrder::random, seed});
  }
  return schedules;
}

/// The fault of a kernel, if it has one.
template <class Body>
std::optional<BlockFault> fault_of(const HostLaunch& launch, const HostSchedule& schedule, const Body& body) {
  try {
    run_on_host(launch, schedule, body);
  } catch (const BlockFault& fault) {
    return fault;
  }
  return std::nullopt;
}

/// Whatever the order, the kernel has this fault, and what() is one line with all of `parts` in it.
template <class Body>
void expect_fault(const HostLaunch& launch, FaultKind kind, const std::vector<std::string>& parts,
                  const Body& body) {
  for (const HostSchedule& schedule : all_schedules()) {
    const std::optional<BlockFault> fault = fault_of(launch, schedule, body);
    ASSERT_TRUE(fault.has_value()) << "order " << static_cast<int>(schedule.order);
    const std::string text = fault->what();
    EXPECT_STREQ(name_of(fault->kind()), name_of(kind)) << text;
    EXPECT_TRUE(text.find('\n') == std::string::npos) << text;
    for (const std::string& part : parts) {
      EXPECT_TRUE(text.find(part) != std::string::npos) << part << " not in: " << text;
    }
  }
}

template <class Body>
void expect_no_fault(const HostLaunch& launch, const Body& body) {
  for (const HostSchedule& schedule : all_schedules()) {
    const std::optional<BlockFault> fault = fault_of(launch, schedule, body);
    EXPECT_FALSE(fault.has_value()) << fault->what();
  }
}

/// "here.cpp:12" for the line of the test itself, as messages name it.
inline std::string site(int line) {
  return "_test.cpp:" + std::to_string(line);
}

}  // namespace tempsweep::kernels
