// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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
  int blocks = 1;                 ///< held at once: one may be read while others are computed
  int tiles = 1;                  ///< held at once: one may be written while others are computed
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

/// How long the stages of a run were busy. They work at once: the longest one is what the run waited for.
/// Of several devices the busiest counts, stage by stage; a stage of a device lasts while one of its lanes is
/// at it.
struct StageSeconds {
  double reading = 0;
  double uploading = 0;    ///< to a card
  double computing = 0;    ///< copies excluded
  double downloading = 0;  ///< from a card
  double judging = 0;
  double writing = 0;  ///< compression included
};

/// What a device did of a run.
struct DeviceShare {
  std::int64_t points = 0;
  double seconds = 0;  ///< busy
  std::string lost;    ///< why it left before the end, or empty
};

/// What a finished run has to say.
struct SweepSummary {
  std::int64_t points = 0;
  std::int64_t skipped_rows = 0;  ///< (vocabulary size, row) pairs that were no law
  double elapsed_seconds = 0;     ///< whole run
  double compute_seconds = 0;     ///< the backend's share: reading and writing excluded
  StageSeconds stages;
  std::vector<DeviceShare> devices;    ///< in the plan's order
  std::optional<GridVerdict> verdict;  ///< on the draws, if any
};

/// Who is told what a run is about; each may be empty, and is called by the thread that runs the sweep.
struct SweepListeners {
  std::function<void(std::int64_t done)> progress{};          ///< after every tile: grid points done
  ConfirmListener confirming{};                               ///< after the last tile
  std::function<void(const std::string& why)> device_lost{};  ///< others go on
};

/// Runs a prepared sweep into a sink made from `prepared.schema`, and finishes the sink.
/// The file's variables depend on the plan, the input and the seed alone, whatever threads, tiles, memory and
/// devices. A device that fails loses what it had not finished to the others.
/// \throws InputError for the first row that is bad at any vocabulary size (OnBadRow::stop), FileError,
/// MemoryError, DeviceError when no device is left, Interrupted; the sink is then unfinished, or suspended by
/// the last three.
SweepSummary run_sweep(const PreparedSweep& prepared, Source& source, const BackendEntry& backend, Sink& sink,
                       const SweepListeners& listeners);

}  // namespace tempsweep
