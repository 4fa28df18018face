// SPDX-License-Identifier: Apache-2.0
#include "kernels/block/host_access.hpp"

#include <bit>

namespace tempsweep::kernels {
namespace {

constexpr Rival nobody{-1, 0};

std::uint32_t bit(int lane) {
  return std::uint32_t{1} << static_cast<unsigned>(lane);
}

Rival rival_in_warp(const AccessSet& set, const Moment& now) {
  if (set.serial < now.full) {
    return nobody;
  }
  for (std::uint32_t left = set.lanes & ~bit(now.lane); left != 0; left &= left - 1) {
    const int lane = std::countr_zero(left);
    if (set.serial >= now.seen[lane]) {
      return {now.warp * 32 + lane, set.first_site};
    }
  }
  return nobody;
}

}  // namespace

Rival rival_in(const AccessSet& set, const Moment& now) {
  if (set.epoch != now.epoch) {
    return nobody;
  }
  if (set.first / 32 != now.warp) {
    return {set.first, set.first_site};
  }
  if (set.second != set.first) {
    return {set.second, set.second_site};
  }
  return rival_in_warp(set, now);
}

void add_to(AccessSet& set, const Moment& now, std::uint32_t site) {
  const auto thread = static_cast<std::uint16_t>(now.thread);
  if (set.epoch == now.epoch && set.first / 32 != now.warp) {
    if (set.second == set.first) {
      set.second = thread;
      set.second_site = site;
    }
  } else if (set.epoch == now.epoch && (set.second != set.first || set.serial == now.serial)) {
    set.lanes |= bit(now.lane);
  } else {
    // A new epoch, or an operation of the warp has come between: after one of all lanes the older ones matter
    // to other warps alone, for which this lane speaks as well.
    set = {now.epoch, now.serial, bit(now.lane), thread, thread, site, 0};
  }
}

}  // namespace tempsweep::kernels
