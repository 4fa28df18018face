// SPDX-License-Identifier: Apache-2.0
// Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as
// easy as 1, 2, 3" (SC 2011), Random123's philox4x32 with ten rounds; cuRAND's Philox4_32_10 is the same
// function. A pure function: equal counter and key give equal words on every compiler and device.
#pragma once

#include <cstdint>

#include "tempsweep/math/host_device.hpp"

namespace tempsweep {

struct PhiloxBlock {
  std::uint32_t x, y, z, w;
  friend constexpr bool operator==(const PhiloxBlock&, const PhiloxBlock&) = default;
};

struct PhiloxKey {
  std::uint32_t x, y;
  friend constexpr bool operator==(const PhiloxKey&, const PhiloxKey&) = default;
};

TEMPSWEEP_HD constexpr PhiloxBlock philox_round(PhiloxBlock counter, PhiloxKey key) {
  const std::uint64_t even = std::uint64_t{0xD2511F53U} * counter.x;
  const std::uint64_t odd = std::uint64_t{0xCD9E8D57U} * counter.z;
  return {static_cast<std::uint32_t>(odd >> 32U) ^ counter.y ^ key.x, static_cast<std::uint32_t>(odd),
          static_cast<std::uint32_t>(even >> 32U) ^ counter.w ^ key.y, static_cast<std::uint32_t>(even)};
}

TEMPSWEEP_HD constexpr PhiloxBlock philox4x32_10(PhiloxBlock counter, PhiloxKey key) {
  for (int round = 0; round < 9; ++round) {
    counter = philox_round(counter, key);
    key.x += 0x9E3779B9U;  // the key schedule is a Weyl sequence: golden ratio, sqrt(3) - 1
    key.y += 0xBB67AE85U;
  }
  return philox_round(counter, key);
}

}  // namespace tempsweep
