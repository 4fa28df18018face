// SPDX-License-Identifier: Apache-2.0
// BlockRun from one scheduling point to the next, and when no thread is ready.
#include <algorithm>
#include <iterator>
#include <utility>

#include "kernels/block/host_groups.hpp"
#include "kernels/block/host_run.hpp"

namespace tempsweep::kernels {
namespace {

constexpr int warp_size = 32;

/// Thrown in a thread that waits, to unwind its stack when the block has failed.
struct Abandoned {};

std::size_t at(int i) {
  return static_cast<std::size_t>(i);
}
unsigned bit(int lane) {
  return 1U << static_cast<unsigned>(lane);
}

}  // namespace

void BlockRun::shuffle_order(std::vector<int>& order) {
  for (std::size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1], order[generator_.below(i)]);
  }
}

void BlockRun::run_ready_warps() {
  if (schedule_.order != ThreadOrder::random) {
    for (const int warp : warp_order_) {
      while (warps_[at(warp)].ready() != 0) {
        run_ready_lanes(warp);
      }
    }
    return;
  }
  std::vector<int> left;
  std::copy_if(warp_order_.begin(), warp_order_.end(), std::back_inserter(left),
               [&](int warp) { return warps_[at(warp)].ready() != 0; });
  while (!left.empty()) {
    int& warp = left[generator_.below(left.size())];
    shuffle_order(lane_order_);
    run_ready_lanes(warp);
    if (warps_[at(warp)].ready() == 0) {
      warp = left.back();
      left.pop_back();
    }
  }
}

void BlockRun::run_ready_lanes(int warp) {
  const unsigned ready = warps_[at(warp)].ready();
  for (const int lane : lane_order_) {
    if ((ready & bit(lane)) != 0) {
      run_thread(warp * warp_size + lane);
    }
  }
}

void BlockRun::run_thread(int thread) {
  const Warp& warp = warps_[at(thread / warp_size)];
  Moment& now = shared_.now();
  now.thread = thread;
  now.warp = thread / warp_size;
  now.lane = thread % warp_size;
  now.serial = warp.serial();
  now.full = warp.full();
  now.seen = warp.seen_by(now.lane);
  HostThread& self = threads_[at(thread)];
  if (self.state == ThreadState::fresh) {
    self.state = ThreadState::running;
    self.fiber.start([](void* run, int number) { static_cast<BlockRun*>(run)->run_body(number); }, this,
                     thread);
  }
  self.fiber.resume();
  if (error_ != nullptr) {
    std::rethrow_exception(error_);
  }
}

void BlockRun::run_body(int thread) {
  try {
    HostBlock block(*this, shared_.now().block, launch_.blocks, thread, launch_.threads);
    body_.call(body_.body, block);
  } catch (const Abandoned&) {
  } catch (...) {
    if (!abandoning_) {
      error_ = std::current_exception();
    }
  }
  warps_[at(thread / warp_size)].clear_ready(bit(thread % warp_size));
  threads_[at(thread)].state = ThreadState::ended;
  ++ended_;
}

void BlockRun::pause(int thread) {
  if (!abandoning_) {
    threads_[at(thread)].fiber.pause();
  }
  if (abandoning_) {
    throw Abandoned{};
  }
}

void BlockRun::wait_at_barrier(int thread, Site site) {
  HostThread& self = threads_[at(thread)];
  self.state = ThreadState::at_barrier;
  self.barrier = site;
  ++arrived_;
  warps_[at(thread / warp_size)].clear_ready(bit(thread % warp_size));
  pause(thread);
}

void BlockRun::wait_in_warp(int thread, WarpCall& call) {
  Warp& warp = warps_[at(thread / warp_size)];
  const int lane = thread % warp_size;
  call.mask &= warp.existing();
  const bool moves = call.op >= WarpOp::shuffle && call.op <= WarpOp::shuffle_up;
  if ((call.mask & bit(lane)) == 0) {
    throw BlockFault(FaultKind::bad_shuffle, shared_.now().block, thread,
                     "calls " + to_string(call) + ", which leaves out its own lane " + std::to_string(lane));
  }
  if (moves && (call.source < 0 || call.source >= warp_size || (call.mask & bit(call.source)) == 0)) {
    throw BlockFault(
        FaultKind::bad_shuffle, shared_.now().block, thread,
        "calls " + to_string(call) + " for lane " + std::to_string(call.source) + ", which is not in it");
  }
  warp.join(lane, call);
  pause(thread);
}

bool BlockRun::barrier_is_full() const {
  return arrived_ == launch_.threads &&
         std::all_of(threads_.begin(), threads_.end(), [&](const HostThread& thread) {
           return same_site(thread.barrier, threads_.front().barrier);
         });
}

void BlockRun::release_barrier() {
  shared_.check_guards(&threads_.front().barrier);
  ++shared_.now().epoch;
  arrived_ = 0;
  for (HostThread& thread : threads_) {
    thread.state = ThreadState::running;
  }
  for (Warp& warp : warps_) {
    warp.set_ready(warp.existing());
  }
}

void BlockRun::abandon_threads() {
  abandoning_ = true;
  for (HostThread& thread : threads_) {
    if (thread.state == ThreadState::running || thread.state == ThreadState::at_barrier) {
      thread.fiber.resume();
    }
  }
}

std::string BlockRun::where_is(int thread) const {
  const HostThread& self = threads_[at(thread)];
  switch (self.state) {
    case ThreadState::at_barrier:
      return "in sync at " + to_string(self.barrier);
    case ThreadState::running:
      return "in " + to_string(warps_[at(thread / warp_size)].call_of(thread % warp_size));
    case ThreadState::fresh:
    case ThreadState::ended:
      break;
  }
  return "ended";
}

void BlockRun::raise_stuck() {
  const auto stuck =
      std::find_if(warps_.begin(), warps_.end(), [](const Warp& w) { return w.waiting() != 0; });
  const bool in_warp = stuck != warps_.end();
  const int first = in_warp ? static_cast<int>(stuck - warps_.begin()) * warp_size : 0;
  const int end = std::min(launch_.threads, in_warp ? first + warp_size : launch_.threads);
  ThreadGroups groups;
  for (int thread = first; thread < end; ++thread) {
    groups.add(thread, where_is(thread));
  }
  throw BlockFault(in_warp ? FaultKind::divergent_warp : FaultKind::divergent_barrier, shared_.now().block,
                   groups.odd_one(), "nobody can go on: " + groups.text());
}

}  // namespace tempsweep::kernels
