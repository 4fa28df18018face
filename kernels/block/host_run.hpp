// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kernels/block/host_block.hpp"
#include "kernels/block/host_fiber.hpp"
#include "kernels/block/host_shared.hpp"
#include "kernels/block/host_warp.hpp"

namespace tempsweep::kernels {

/// splitmix64 (Steele, Lea, Flood 2014): small, and the same everywhere.
class OrderGenerator {
 public:
  explicit OrderGenerator(std::uint64_t seed) : state_(seed) {}
  /// 0 <= result < n, n >= 1; uniform enough for n far below 2^64.
  std::uint64_t below(std::uint64_t n);

 private:
  std::uint64_t state_;
};

/// What one thread does now; a thread that waits in a warp operation is known to its warp.
enum class ThreadState { fresh, running, at_barrier, ended };

struct HostThread {
  explicit HostThread(Stack& stack) : fiber(stack) {}

  Fiber fiber;
  ThreadState state = ThreadState::fresh;
  Site barrier;    ///< at_barrier: which one
  int pieces = 0;  ///< of shared memory that it has asked for
};

/// One launch: runs its blocks one after another and the fibres of a block in turn.
class BlockRun {
 public:
  BlockRun(const HostLaunch& launch, const HostSchedule& schedule, BodyReference body);
  BlockRun(const BlockRun&) = delete;
  BlockRun& operator=(const BlockRun&) = delete;
  BlockRun(BlockRun&&) = delete;
  BlockRun& operator=(BlockRun&&) = delete;
  ~BlockRun() { StackPool::give_back(std::move(pool_)); }

  void run_blocks();

  /// For the threads:
  void wait_at_barrier(int thread, Site site);
  void wait_in_warp(int thread, WarpCall& call);
  Piece& next_piece(int thread, const PieceShape& shape, Site site);

 private:
  void run_block(std::int64_t index);
  void begin_block(std::int64_t index);
  void end_block();

  // One scheduling point to the next.
  void run_ready_warps();
  void run_ready_lanes(int warp);
  void run_thread(int thread);
  void run_body(int thread);
  void pause(int thread);
  void shuffle_order(std::vector<int>& order);

  // When no thread is ready.
  [[nodiscard]] bool barrier_is_full() const;
  void release_barrier();
  void abandon_threads();
  [[noreturn]] void raise_stuck();
  [[nodiscard]] std::string where_is(int thread) const;

  HostLaunch launch_;
  HostSchedule schedule_;
  BodyReference body_;
  OrderGenerator generator_;
  std::unique_ptr<StackPool> pool_;
  std::vector<HostThread> threads_;
  std::vector<Warp> warps_;
  std::vector<int> warp_order_;
  std::vector<int> lane_order_;
  SharedMemory shared_;
  int arrived_ = 0;
  int ended_ = 0;
  std::exception_ptr error_;
  bool abandoning_ = false;
};

}  // namespace tempsweep::kernels
