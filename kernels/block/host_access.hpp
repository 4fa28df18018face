// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tempsweep::kernels {

/// Who runs now, and what is ordered before it.
struct Moment {
  std::int64_t block = 0;
  int thread = 0;
  int lane = 0;
  int warp = 0;
  std::uint32_t epoch = 0;   ///< barriers so far, counted over all blocks of the launch: never goes back
  std::uint32_t serial = 0;  ///< operations that this warp has completed, likewise
  std::uint32_t full = 0;    ///< the last of them in which every lane took part
  /// Of each lane of the warp: what it did before operation seen[lane] is ordered before this thread.
  const std::uint32_t* seen = nullptr;
};

/// Threads that touched an element in one way, in the epoch `epoch`. Within one warp: those lanes that did so
/// after operation `serial`. Once a second warp is there, `second` is one of its threads, and the rest idle.
struct AccessSet {
  std::uint32_t epoch = 0;  ///< 0: nobody
  std::uint32_t serial = 0;
  std::uint32_t lanes = 0;
  std::uint16_t first = 0;
  std::uint16_t second = 0;  ///< == first: one warp only
  std::uint32_t first_site = 0;
  std::uint32_t second_site = 0;
};

struct Rival {
  int thread;  ///< -1: there is none
  std::uint32_t site;
};

/// A thread of the set that is not ordered before the one that runs now.
[[nodiscard]] Rival rival_in(const AccessSet& set, const Moment& now);

/// Puts the thread that runs now into the set.
void add_to(AccessSet& set, const Moment& now, std::uint32_t site);

/// All that is known of an element of shared memory.
struct Element {
  AccessSet reads, writes, atomics;
};

}  // namespace tempsweep::kernels
