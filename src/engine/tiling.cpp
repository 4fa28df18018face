// SPDX-License-Identifier: Apache-2.0
#include "engine/tiling.hpp"

#include <algorithm>
#include <bit>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/core/number.hpp"

#include "engine/grid_judge.hpp"
#include "engine/tile_statistics.hpp"

namespace tempsweep {
namespace {

/// Program, libraries, HDF5's caches, the digest's buffer, thread stacks, allocator slack.
constexpr std::uint64_t fixed_bytes = std::uint64_t{40} << 20;
/// Longest tile along the temperature axis; longer grids are cut.
constexpr std::int64_t longest_tile = 65536;

/// More than this at once makes nothing faster, and a signal waits while the buffers are made and cleared.
constexpr std::uint64_t useful_bytes = std::uint64_t{512} << 20;
/// Results of a tile: packed and written in some tenths of a second, during which no signal is heeded.
constexpr std::int64_t quick_bytes = std::int64_t{32} << 20;

struct Costs {
  std::uint64_t fixed = 0;
  std::uint64_t per_row = 0;     ///< logits
  std::uint64_t per_loaded = 0;  ///< what a worker makes of a row
  std::uint64_t per_point = 0;   ///< results
  int workers = 1;
  const Source& source;

  [[nodiscard]] std::uint64_t total(const Tiling& tiling) const {
    const auto rows = static_cast<std::uint64_t>(tiling.rows);
    const auto points = static_cast<std::uint64_t>(tiling.rows * tiling.temperatures);
    return fixed + source.scratch_bytes(tiling.rows) +
           rows * per_row * static_cast<std::uint64_t>(tiling.blocks) +
           rows * per_loaded * static_cast<std::uint64_t>(workers) +
           points * per_point * static_cast<std::uint64_t>(tiling.tiles);
  }
};

Costs costs_of(const SweepPlan& plan, std::int64_t columns, const Source& source, const Wanted& wanted,
               const BackendEntry& backend) {
  const std::int64_t largest = plan.vocabulary_sizes.back();
  const BackendNeeds needs = backend.needs(wanted, largest);
  Costs costs{fixed_bytes, 0, 0, bytes_per_point(plan, columns, wanted), worker_count(plan, backend), source};
  const auto threads = static_cast<std::uint64_t>(plan.threads);
  costs.fixed += plan.devices.size() * needs.device_bytes +
                 static_cast<std::uint64_t>(costs.workers) * needs.fixed_bytes +
                 threads * needs.bytes_per_thread + plan.temperatures.size() * 2 * sizeof(double);
  costs.fixed += plan.labels.size() * sizeof(std::int64_t);
  for (const auto& name : plan.token_names) {
    costs.fixed += sizeof(std::string) + name.size();
  }
  if (plan.samples > 0) {
    costs.fixed +=
        wanted.judged ? 0 : threads * statistics_bytes(largest, plan.samples, plan.truncation.any());
    costs.fixed += confirmation_bytes(largest, plan.threads);
  }
  costs.per_row = static_cast<std::uint64_t>(columns) * sizeof(double);
  costs.per_loaded = needs.bytes_per_loaded_row;
  return costs;
}

/// The largest power of two below n > 1.
std::int64_t power_below(std::int64_t n) {
  return static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(n - 1)));
}

/// A tile holds the whole axis or a power of two of it, so that chunks, powers of two as well, divide it.
std::int64_t whole_or_power(std::int64_t tile, std::int64_t axis) {
  return tile == axis ? tile : power_below(tile + 1);
}

/// Several tiles for every worker, so that they end together, and that reading and writing hide behind
/// computing; not so small that the way round is longer than the work.
void share_out(const SweepPlan& plan, int workers, Tiling& tiling) {
  constexpr std::int64_t tiles_each = 8;
  constexpr std::int64_t least_tokens = std::int64_t{1} << 19U;
  const std::int64_t tiles = tiles_each * workers;
  const auto all = static_cast<std::int64_t>(plan.temperatures.size());
  if (plan.rows >= tiles) {
    const std::int64_t least = std::max<std::int64_t>(plan.threads, least_tokens / tiling.columns);
    tiling.rows = whole_or_power(std::min(tiling.rows, std::max(least, plan.rows / tiles)), plan.rows);
  } else if (workers > 1) {
    tiling.rows = 1;
    tiling.temperatures =
        whole_or_power(std::clamp<std::int64_t>(all * plan.rows / tiles, 1, tiling.temperatures), all);
  }
}

/// Memory for what every worker computes and for what is read or written meanwhile, as far as the grid has so
/// much.
void set_buffers(const SweepPlan& plan, int workers, Tiling& tiling) {
  const auto parts = [](std::int64_t axis, std::int64_t tile) { return (axis + tile - 1) / tile; };
  const std::int64_t blocks = parts(plan.rows, tiling.rows);
  const std::int64_t tiles = parts(std::ssize(plan.temperatures), tiling.temperatures);
  const std::int64_t most = workers + 1;
  tiling.blocks = static_cast<int>(std::min(most, blocks));
  tiling.tiles = static_cast<int>(std::min(most, std::min(most, blocks) * std::min(most, tiles) *
                                                     std::min(most, std::ssize(plan.vocabulary_sizes))));
}

/// Blocks shrink before tiles do.
void shrink(const SweepPlan& plan, const Costs& costs, std::uint64_t budget, Tiling& tiling) {
  set_buffers(plan, costs.workers, tiling);
  while (costs.total(tiling) > budget && (tiling.rows > 1 || tiling.temperatures > 1)) {
    std::int64_t& axis = tiling.rows > 1 ? tiling.rows : tiling.temperatures;
    axis = power_below(axis);
    set_buffers(plan, costs.workers, tiling);
  }
}

}  // namespace

int worker_count(const SweepPlan& plan, const BackendEntry& backend) {
  return static_cast<int>(plan.devices.size()) * backend.lanes;
}

std::uint64_t bytes_per_point(const SweepPlan& plan, std::int64_t columns, const Wanted& wanted) {
  const auto tokens = static_cast<std::uint64_t>(columns);
  std::uint64_t bytes =
      (plan.metrics.size() + plan.renyi_orders.size() + plan.ordering.values()) * sizeof(double);
  if (plan.probabilities != ProbabilityFormat::none) {
    bytes += tokens * (plan.probabilities == ProbabilityFormat::f32 ? sizeof(float) : sizeof(std::uint16_t));
  }
  if (plan.samples > 0) {
    bytes += statistic_table().size() * sizeof(double);
  }
  bytes += wants_counts(wanted) ? tokens * sizeof(std::uint64_t) : 0;
  bytes += wanted.judged ? sizeof(JudgedSums) : 0;
  return bytes;
}

std::int64_t columns_read(const SweepPlan& plan, const Source& source) {
  return plan.vocabulary_by == VocabularyBy::prefix ? plan.vocabulary_sizes.back() : source.width();
}

Tiling plan_tiles(const SweepPlan& plan, const Source& source, const Wanted& wanted,
                  const BackendEntry& backend) {
  const std::int64_t largest = plan.vocabulary_sizes.back();
  Tiling tiling;
  tiling.columns = columns_read(plan, source);
  const Costs costs = costs_of(plan, tiling.columns, source, wanted, backend);
  const BackendNeeds needs = backend.needs(wanted, largest);
  const std::int64_t work_per_tile = needs.work_per_tile;

  // A draw costs about as much as ten exponentials.
  const auto draws =
      static_cast<std::int64_t>(std::min(plan.samples, static_cast<std::uint64_t>(work_per_tile)));
  const std::int64_t work = std::max<std::int64_t>(1, work_per_tile / (needs.work_per_point + 10 * draws));
  const std::int64_t quick = std::max<std::int64_t>(
      1, quick_bytes / std::max<std::int64_t>(1, static_cast<std::int64_t>(costs.per_point)));
  const auto all = static_cast<std::int64_t>(plan.temperatures.size());
  tiling.temperatures = whole_or_power(std::min({all, longest_tile, work, quick}), all);
  tiling.rows = whole_or_power(
      std::clamp<std::int64_t>(std::min(work, quick) / tiling.temperatures, 1, plan.rows), plan.rows);
  share_out(plan, costs.workers, tiling);
  shrink(plan, costs, std::min(plan.memory, costs.fixed + useful_bytes), tiling);
  if (costs.total(tiling) > plan.memory) {  // one stage at a time, then
    tiling.blocks = tiling.tiles = 1;
  }
  tiling.memory = costs.total(tiling);
  if (tiling.memory > plan.memory) {
    throw MemoryError(
        fmt::format("--memory {}: one row of {} tokens at one temperature with {} threads needs {}; raise "
                    "--memory, or lower "
                    "--threads or --vocab",
                    format_bytes(plan.memory), tiling.columns, plan.threads, format_bytes(tiling.memory)));
  }
  return tiling;
}

}  // namespace tempsweep
