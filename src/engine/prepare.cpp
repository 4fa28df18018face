// SPDX-License-Identifier: Apache-2.0
#include "engine/prepare.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/engine.hpp"

#include "engine/layout.hpp"
#include "engine/tiling.hpp"

namespace tempsweep {
namespace {

constexpr std::uint64_t most_bytes = std::uint64_t{1} << 62U;
/// An alias table has at most 2³¹ columns, and a selection by rank numbers tokens in 32 bits.
constexpr std::int64_t most_tokens = std::int64_t{1} << 31U;

void check_extent(const SweepPlan& plan, std::int64_t columns) {
  if (columns > most_tokens && (plan.samples > 0 || plan.vocabulary_by == VocabularyBy::rank)) {
    throw InputError(fmt::format("{} tokens are too many for draws and for --vocab-by rank; at most {}",
                                 columns, most_tokens));
  }
}

void check_sampler(const SweepPlan& plan, const BackendEntry& backend) {
  if (plan.samples > 0 && !backend.has_sampler(plan.sampler)) {
    throw InputError(fmt::format(
        "--sampler {}: the {} backend does not have it; choose another sampler, or another --backend",
        sampler_facts(plan.sampler).name, backend.name));
  }
  const std::int64_t tokens = plan.vocabulary_sizes.back();
  if (!sampler_facts(plan.sampler).feasible(plan.samples, static_cast<std::uint64_t>(tokens))) {
    throw InputError(
        fmt::format("--sampler {}: it looks at every token for every draw, and {} x {} are too many; take "
                    "fewer --samples, or another sampler for the same law",
                    sampler_facts(plan.sampler).name, plan.samples, tokens));
  }
}

/// Bytes of all arrays; past 2^62 indices of the grid would wrap.
std::uint64_t bytes_of(const Schema& schema, const SweepPlan& plan) {
  std::uint64_t total = 0;
  for (const Variable& variable : schema.variables) {
    const bool overflow = __builtin_add_overflow(total, variable_bytes(schema, variable), &total);
    if (overflow || total > most_bytes) {
      throw InputError(
          fmt::format("{} vocabulary sizes x {} rows x {} temperatures are too many for one run; take fewer "
                      "--temperatures or --rows",
                      plan.vocabulary_sizes.size(), plan.rows, plan.temperatures.size()));
    }
  }
  return total;
}

}  // namespace

Wanted wanted_of(const SweepPlan& plan, std::int64_t columns, const BackendEntry& backend) {
  Wanted wanted;
  wanted.metrics = plan.metrics;
  wanted.renyi_orders = plan.renyi_orders;
  wanted.ordering = plan.ordering;
  wanted.probabilities = plan.probabilities;
  wanted.samples = plan.samples;
  wanted.seed = plan.seed;
  wanted.sampler = plan.sampler;
  wanted.truncation = plan.truncation;
  wanted.vocabulary_by = plan.vocabulary_by;
  wanted.tokens = columns;
  wanted.tolerance = plan.tolerance;
  wanted.method = plan.method;
  wanted.nested = plan.vocabulary_sizes.size() > 1;
  wanted.grid = plan.temperatures;
  wanted.judged = plan.samples > 0 && backend.judges;
  wanted.keep_counts = plan.store_counts || !wanted.judged;
  return wanted;
}

PreparedSweep prepare_sweep(SweepPlan plan, const Source& source, const BackendEntry& backend) {
  PreparedSweep prepared;
  prepared.plan = std::move(plan);
  const std::int64_t columns = columns_read(prepared.plan, source);
  check_extent(prepared.plan, columns);
  check_sampler(prepared.plan, backend);
  const Wanted wanted = wanted_of(prepared.plan, columns, backend);
  prepared.judged_by_backend = wanted.judged;
  prepared.tiling = plan_tiles(prepared.plan, source, wanted, backend);
  prepared.token_count = has_token_axis(prepared.plan) ? columns : 0;
  prepared.schema = make_schema(prepared.plan, prepared.tiling, prepared.token_count);
  prepared.result_bytes = bytes_of(prepared.schema, prepared.plan);
  return prepared;
}

}  // namespace tempsweep
