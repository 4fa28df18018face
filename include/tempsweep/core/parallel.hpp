// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

namespace tempsweep {

/// Threads that the process may use: the size of its affinity mask.
[[nodiscard]] int available_threads() noexcept;

enum class Interrupts : std::uint8_t { obeyed, left_for_later };

/// Runs `body(item, worker)` once for every item in [0, items) on `threads` workers, worker in [0, threads).
/// Items are handed out one at a time in ascending order; results must not depend on which worker runs which.
/// Returns when all have run. The first exception stops the handing out and is rethrown here.
/// A pending interrupt (interrupt.hpp) stops it likewise, as Interrupted, unless the work must not end half
/// done.
void parallel_for(std::int64_t items, int threads,
                  const std::function<void(std::int64_t item, int worker)>& body,
                  Interrupts interrupts = Interrupts::obeyed);

}  // namespace tempsweep
