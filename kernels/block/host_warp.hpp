// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "kernels/block/host_fault.hpp"

namespace tempsweep::kernels {

enum class WarpOp { sync_warp, shuffle, shuffle_xor, shuffle_down, shuffle_up, ballot, match_any };

[[nodiscard]] const char* name_of(WarpOp op);

/// Whether what the lanes did before the operation counts as ordered before what they do after it.
[[nodiscard]] constexpr bool orders_memory(WarpOp op) {
  return op == WarpOp::sync_warp;
}

/// What one lane brings to a warp operation and takes from it. Lies on the stack of the lane, which waits.
struct WarpCall {
  WarpOp op = WarpOp::sync_warp;
  unsigned mask = 0;
  Site site;
  const void* in = nullptr;  ///< shuffles: the lane's value,
  void* out = nullptr;       ///< where the source's goes,
  std::size_t bytes = 0;     ///< the size of both,
  int source = 0;            ///< and the lane to take it from
  std::uint32_t word = 0;    ///< ballot: 0 or 1, match_any: the value; afterwards the result
};

[[nodiscard]] std::string to_string(const WarpCall& call);

/// The lanes of one warp: who may run, who waits in which operation, and what those operations have ordered.
class Warp {
 public:
  explicit Warp(unsigned existing) : existing_(existing) {}

  [[nodiscard]] unsigned existing() const { return existing_; }
  [[nodiscard]] unsigned ready() const { return ready_; }
  void set_ready(unsigned lanes) { ready_ |= lanes; }
  void clear_ready(unsigned lanes) { ready_ &= ~lanes; }
  [[nodiscard]] unsigned waiting() const { return waiting_; }  ///< in an operation
  [[nodiscard]] const WarpCall& call_of(int lane) const { return *calls_.at(static_cast<std::size_t>(lane)); }

  /// A ready lane calls and waits. If that completes the operation, its lanes have their results and are
  /// ready. `call.mask` names existing lanes only, this one among them, and a source among those.
  void join(int lane, WarpCall& call);

  [[nodiscard]] std::uint32_t serial() const { return serial_; }
  [[nodiscard]] std::uint32_t full() const { return full_; }
  [[nodiscard]] const std::uint32_t* seen_by(int lane) const {
    return seen_.at(static_cast<std::size_t>(lane)).data();
  }

 private:
  using Row = std::array<std::uint32_t, 32>;

  [[nodiscard]] bool complete(const WarpCall& call) const;
  void deliver(const WarpCall& call);
  void order(const WarpCall& call);

  unsigned existing_;
  unsigned ready_ = 0;
  unsigned waiting_ = 0;
  std::array<WarpCall*, 32> calls_{};
  std::uint32_t serial_ = 0;
  std::uint32_t full_ = 0;
  std::array<Row, 32> seen_{};
};

}  // namespace tempsweep::kernels
