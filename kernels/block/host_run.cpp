// SPDX-License-Identifier: Apache-2.0
#include "kernels/block/host_run.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "kernels/block/host_groups.hpp"

namespace tempsweep::kernels {
namespace {

constexpr int warp_size = 32;

std::size_t at(int i) {
  return static_cast<std::size_t>(i);
}

}  // namespace

std::uint64_t OrderGenerator::below(std::uint64_t n) {
  state_ += 0x9e3779b97f4a7c15U;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
  return (z ^ (z >> 31U)) % n;
}

BlockRun::BlockRun(const HostLaunch& launch, const HostSchedule& schedule, BodyReference body)
    : launch_(launch),
      schedule_(schedule),
      body_(body),
      generator_(schedule.seed),
      shared_(launch.shared_bytes) {
  if (launch.blocks < 1 || launch.threads < 1 || launch.threads > 1024) {
    throw std::invalid_argument("a launch has 1 block or more of 1 to 1024 threads, not " +
                                std::to_string(launch.blocks) + " of " + std::to_string(launch.threads));
  }
  pool_ = StackPool::borrow(at(launch.threads));
  threads_.reserve(at(launch.threads));
  for (int thread = 0; thread < launch.threads; ++thread) {
    threads_.emplace_back(pool_->stack(at(thread)));
  }
  for (int first = 0; first < launch.threads; first += warp_size) {
    const int lanes = std::min(warp_size, launch.threads - first);
    warps_.emplace_back(all_lanes >> static_cast<unsigned>(warp_size - lanes));
  }
  warp_order_.resize(warps_.size());
  lane_order_.resize(warp_size);
  for (std::vector<int>* order : {&warp_order_, &lane_order_}) {
    std::iota(order->begin(), order->end(), 0);
    if (schedule.order == ThreadOrder::reverse) {
      std::reverse(order->begin(), order->end());
    }
  }
}

void BlockRun::run_blocks() {
  std::vector<std::int64_t> order;
  if (schedule_.order == ThreadOrder::random) {
    order.resize(static_cast<std::size_t>(launch_.blocks));
    std::iota(order.begin(), order.end(), std::int64_t{0});
    for (std::size_t i = order.size(); i > 1; --i) {
      std::swap(order[i - 1], order[generator_.below(i)]);
    }
  }
  for (std::int64_t i = 0; i < launch_.blocks; ++i) {
    switch (schedule_.order) {
      case ThreadOrder::forward:
        run_block(i);
        break;
      case ThreadOrder::reverse:
        run_block(launch_.blocks - 1 - i);
        break;
      case ThreadOrder::random:
        run_block(order[static_cast<std::size_t>(i)]);
        break;
    }
  }
}

void BlockRun::run_block(std::int64_t index) {
  begin_block(index);
  try {
    while (ended_ < launch_.threads) {
      run_ready_warps();
      if (barrier_is_full()) {
        release_barrier();
      } else if (ended_ < launch_.threads) {
        raise_stuck();
      }
    }
    end_block();
  } catch (...) {
    abandon_threads();
    throw;
  }
}

void BlockRun::begin_block(std::int64_t index) {
  shared_.now().block = index;
  ++shared_.now().epoch;
  shared_.begin_block();
  arrived_ = 0;
  ended_ = 0;
  for (HostThread& thread : threads_) {
    thread.state = ThreadState::fresh;
    thread.pieces = 0;
  }
  for (Warp& warp : warps_) {
    warp.set_ready(warp.existing());
  }
}

void BlockRun::end_block() {
  shared_.check_guards(nullptr);
  ThreadGroups groups;
  for (int thread = 0; thread < launch_.threads; ++thread) {
    const int pieces = threads_[at(thread)].pieces;
    if (pieces != 0) {
      groups.add(thread, "asked for " + std::to_string(pieces));
    }
  }
  if (groups.size() > 1) {
    throw BlockFault(FaultKind::shared_mismatch, shared_.now().block, groups.odd_one(),
                     "pieces of shared memory at the end of the block: " + groups.text());
  }
}

Piece& BlockRun::next_piece(int thread, const PieceShape& shape, Site site) {
  return shared_.piece(threads_[at(thread)].pieces++, shape, site);
}

void run_blocks(const HostLaunch& launch, const HostSchedule& schedule, BodyReference body) {
  BlockRun(launch, schedule, body).run_blocks();
}

}  // namespace tempsweep::kernels
