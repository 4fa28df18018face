// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tempsweep/backend.hpp"
#include "tempsweep/plan.hpp"
#include "tempsweep/sink.hpp"
#include "tempsweep/source.hpp"
#include "tempsweep/stats/grid_verdict.hpp"
#include "tempsweep/stats/resimulation.hpp"

namespace tempsweep {

/// The backends of this program, best first. A new one is one folder and one line in engine/backends.cpp.
[[nodiscard]] std::span<const BackendEntry> backends();

/// The backend that `name` (auto, cpu, cuda) stands for.
/// \throws DeviceError when it is not available; InputError when there is no such backend.
[[nodiscard]] const BackendEntry& choose_backend(std::string_view name);

/// How the grid is cut: blocks of rows are read once, tiles of temperatures computed and written one by one.
struct Tiling {
  std::int64_t rows = 1;          ///< a block
  std::int64_t temperatures = 1;  ///< a tile
  std::int64_t columns = 0;       ///< tokens read of each row
  std::uint64_t memory = 0;       ///< bytes that the run will hold, fixed costs included
};

/// A sweep that is ready to run: memory is planned and the result's schema known; nothing is computed yet.
struct PreparedSweep {
  SweepPlan plan;
  Tiling tiling;
  Schema schema;
  std::uint64_t result_bytes = 0;  ///< of the arrays, uncompressed
  std::int64_t token_count = 0;    ///< length of the token axis; 0 when there is none
  bool judged_by_backend = false;  ///< the draws: their counts are held only where they are stored
};

/// \throws MemoryError when the smallest tile does not fit `plan.memory`; the message says what would.
[[nodiscard]] PreparedSweep prepare_sweep(SweepPlan plan, const Source& source, const BackendEntry& backend);

/// What a finished run has to say.
struct SweepSummary {
  std::int64_t points = 0;
  std::int64_t skipped_rows = 0;       ///< (vocabulary size, row) pairs that were no law
  double elapsed_seconds = 0;          ///< whole run
  double compute_seconds = 0;          ///< the backend's share: reading and writing excluded
  std::optional<GridVerdict> verdict;  ///< on the draws, if any
};

/// Who is told what a run is about; either may be empty.
struct SweepListeners {
  std::function<void(std::int64_t done)> progress;  ///< after every tile: grid points done
  ConfirmListener confirming;                       ///< after the last tile
};

/// Runs a prepared sweep into a sink made from `prepared.schema`, and finishes the sink.
/// The file's variables depend on the plan, the input and the seed alone, whatever threads, tiles and memory.
/// \throws InputError for the first bad row (OnBadRow::stop), FileError, Interrupted; the sink is then
/// unfinished.
SweepSummary run_sweep(const PreparedSweep& prepared, Source& source, const BackendEntry& backend, Sink& sink,
                       const SweepListeners& listeners);

}  // namespace tempsweep
