// SPDX-License-Identifier: Apache-2.0
#include "kernels/block/host_warp.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace tempsweep::kernels {
namespace {

unsigned bit(int lane) {
  return 1U << static_cast<unsigned>(lane);
}

/// Calls visit(lane) for every lane of the mask, ascending.
template <class Visit>
void each_lane(unsigned mask, const Visit& visit) {
  for (unsigned left = mask; left != 0; left &= left - 1) {
    visit(static_cast<std::size_t>(std::countr_zero(left)));
  }
}

}  // namespace

const char* name_of(WarpOp op) {
  switch (op) {
    case WarpOp::sync_warp:
      return "sync_warp";
    case WarpOp::shuffle:
      return "shuffle";
    case WarpOp::shuffle_xor:
      return "shuffle_xor";
    case WarpOp::shuffle_down:
      return "shuffle_down";
    case WarpOp::shuffle_up:
      return "shuffle_up";
    case WarpOp::ballot:
      return "ballot";
    case WarpOp::match_any:
      return "match_any";
  }
  return "?";
}

std::string to_string(const WarpCall& call) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text = name_of(call.op) + std::string(" of mask 0x");
  for (unsigned shift = 32; shift > 0; shift -= 4) {
    text += digits.at((call.mask >> (shift - 4U)) & 15U);
  }
  return text + " at " + to_string(call.site);
}

void Warp::join(int lane, WarpCall& call) {
  calls_.at(static_cast<std::size_t>(lane)) = &call;
  ready_ &= ~bit(lane);
  waiting_ |= bit(lane);
  if (complete(call)) {
    deliver(call);
    order(call);
    waiting_ &= ~call.mask;
    ready_ |= call.mask;
  }
}

bool Warp::complete(const WarpCall& call) const {
  if ((waiting_ & call.mask) != call.mask) {
    return false;
  }
  bool same = true;
  each_lane(call.mask, [&](std::size_t k) {
    const WarpCall& other = *calls_[k];
    same = same && other.op == call.op && other.mask == call.mask && other.bytes == call.bytes &&
           same_site(other.site, call.site);
  });
  return same;
}

void Warp::deliver(const WarpCall& call) {
  if (call.op == WarpOp::sync_warp) {
    return;
  }
  if (call.op != WarpOp::ballot && call.op != WarpOp::match_any) {
    each_lane(call.mask, [&](std::size_t k) {
      const WarpCall& taker = *calls_[k];
      std::memcpy(taker.out, calls_[static_cast<std::size_t>(taker.source)]->in, taker.bytes);
    });
    return;
  }
  Row words{};
  each_lane(call.mask, [&](std::size_t k) { words[k] = calls_[k]->word; });
  each_lane(call.mask, [&](std::size_t k) {
    const std::uint32_t wanted = call.op == WarpOp::ballot ? 1 : words[k];
    std::uint32_t lanes = 0;
    each_lane(call.mask, [&](std::size_t j) { lanes |= words[j] == wanted ? 1U << j : 0U; });
    calls_[k]->word = lanes;
  });
}

// Happens-before among the lanes: what any of them has seen, all of them have seen.
void Warp::order(const WarpCall& call) {
  if (!orders_memory(call.op)) {
    return;
  }
  ++serial_;
  if (call.mask == existing_) {
    full_ = serial_;
    return;
  }
  Row joined{};
  each_lane(call.mask, [&](std::size_t k) {
    std::transform(joined.begin(), joined.end(), seen_[k].begin(), joined.begin(),
                   [](std::uint32_t a, std::uint32_t b) { return std::max(a, b); });
  });
  each_lane(call.mask, [&](std::size_t k) { joined[k] = serial_; });
  each_lane(call.mask, [&](std::size_t k) { seen_[k] = joined; });
}

}  // namespace tempsweep::kernels
