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

struct Costs {
  std::uint64_t fixed = 0;
  std::uint64_t per_row = 0;    ///< logits and what the backend makes of them
  std::uint64_t per_point = 0;  ///< results
  const Source& source;

  [[nodiscard]] std::uint64_t total(std::int64_t rows, std::int64_t temperatures) const {
    return fixed + static_cast<std::uint64_t>(rows) * per_row + source.scratch_bytes(rows) +
           static_cast<std::uint64_t>(rows * temperatures) * per_point;
  }
};

Costs costs_of(const SweepPlan& plan, std::int64_t columns, const Source& source, const Wanted& wanted,
               const BackendEntry& backend) {
  const std::int64_t largest = plan.vocabulary_sizes.back();
  const BackendNeeds needs = backend.needs(wanted, largest);
  Costs costs{fixed_bytes, 0, bytes_per_point(plan, columns, wanted), source};
  const auto threads = static_cast<std::uint64_t>(plan.threads);
  costs.fixed +=
      needs.fixed_bytes + threads * needs.bytes_per_thread + plan.temperatures.size() * 2 * sizeof(double);
  costs.fixed += plan.labels.size() * sizeof(std::int64_t);
  for (const auto& name : plan.token_names) {
    costs.fixed += sizeof(std::string) + name.size();
  }
  if (plan.samples > 0) {
    costs.fixed +=
        wanted.judged ? 0 : threads * statistics_bytes(largest, plan.samples, plan.truncation.any());
    costs.fixed += confirmation_bytes(largest, plan.threads);
  }
  costs.per_row = static_cast<std::uint64_t>(columns) * sizeof(double) + needs.bytes_per_loaded_row;
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

}  // namespace

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
  const auto all = static_cast<std::int64_t>(plan.temperatures.size());
  tiling.temperatures = whole_or_power(std::min({all, longest_tile, work}), all);
  tiling.rows = whole_or_power(std::clamp<std::int64_t>(work / tiling.temperatures, 1, plan.rows), plan.rows);
  const std::uint64_t budget = std::min(plan.memory, costs.fixed + useful_bytes);
  while (costs.total(tiling.rows, tiling.temperatures) > budget && tiling.rows > 1) {
    tiling.rows = power_below(tiling.rows);
  }
  while (costs.total(tiling.rows, tiling.temperatures) > budget && tiling.temperatures > 1) {
    tiling.temperatures = power_below(tiling.temperatures);
  }
  tiling.memory = costs.total(tiling.rows, tiling.temperatures);
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
