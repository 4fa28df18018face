// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tempsweep/backend.hpp"
#include "tempsweep/engine.hpp"
#include "tempsweep/plan.hpp"
#include "tempsweep/source.hpp"

namespace tempsweep {

/// Tokens read of each row: the widest vocabulary, or by rank the whole row. It is the token axis, too:
/// tokens keep the index they have in the input.
[[nodiscard]] std::int64_t columns_read(const SweepPlan& plan, const Source& source);

/// Lanes of all devices: who computes.
[[nodiscard]] int worker_count(const SweepPlan& plan, const BackendEntry& backend);

/// Bytes of results a grid point has in memory while its tile is computed.
[[nodiscard]] std::uint64_t bytes_per_point(const SweepPlan& plan, std::int64_t columns,
                                            const Wanted& wanted);

/// Cuts the grid so that the blocks of rows and tiles of results that are held at once fit plan.memory.
/// Blocks shrink before tiles do; tiles are also kept to a second or so of work, for progress and interrupts.
/// \throws MemoryError naming the bytes that one row at one temperature needs.
[[nodiscard]] Tiling plan_tiles(const SweepPlan& plan, const Source& source, const Wanted& wanted,
                                const BackendEntry& backend);

}  // namespace tempsweep
