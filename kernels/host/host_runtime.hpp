// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "kernels/block/host_block.hpp"
#include "kernels/runtime.hpp"

namespace tempsweep::kernels {

/// A device that is not there: its memory is the host's, its threads are fibres.
struct HostDevice {
  std::uint64_t memory_bytes = std::uint64_t{1} << 33U;  ///< allocations beyond it fail as a card's would
  HostSchedule schedule{};                               ///< the order in which threads take turns
  std::int64_t failing_call = 0;   ///< number of the copy, launch or wait that fails, from 1; 0: none
  std::int64_t failing_setup = 0;  ///< likewise of the allocation, or creation of a stream or an event
  int failing_device = 0;  ///< the one that fails; from then on every call to it does, as a card's would
  int devices = 1;         ///< as many alike; each is used by one thread at a time
  std::int64_t shared_bytes = std::int64_t{227} << 10U;  ///< of a block of threads
};

/// Runs the kernels' bodies on the host, one thread at a time: the same results as a card gives up to the
/// last bits of logarithms and of float powers of two, thousands of times slower. Calls are done when they
/// return. Fresh memory is full of NaN, so that what is read before it is written shows. A BlockFault of a
/// body (host_block.hpp) is a fault of the program and passes through as an exception.
[[nodiscard]] std::unique_ptr<Runtime> make_host_runtime(const HostDevice& device = {});

}  // namespace tempsweep::kernels
