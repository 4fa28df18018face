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

/// Before any index of the grid is formed: past 2^62 bytes of one variable they would wrap.
void check_extent(const SweepPlan& plan, std::int64_t columns) {
  std::uint64_t elements = static_cast<std::uint64_t>(plan.rows);
  bool overflow = false;
  for (const std::size_t extent : {plan.vocabulary_sizes.size(), plan.temperatures.size(),
                                   static_cast<std::size_t>(columns), sizeof(double)}) {
    overflow = __builtin_mul_overflow(elements, extent, &elements) || overflow;
  }
  if (overflow || elements > std::uint64_t{1} << 62U) {
    throw InputError(
        fmt::format("{} vocabulary sizes x {} rows x {} temperatures of {} tokens are too many for one "
                    "run; take fewer --temperatures or --rows",
                    plan.vocabulary_sizes.size(), plan.rows, plan.temperatures.size(), columns));
  }
}

std::uint64_t bytes_of(const Schema& schema) {
  std::uint64_t total = 0;
  for (const Variable& variable : schema.variables) {
    std::uint64_t bytes = size_of(variable.type);
    for (const auto& name : variable.dimensions) {
      const auto dimension = std::find_if(schema.dimensions.begin(), schema.dimensions.end(),
                                          [&](const Dimension& d) { return d.name == name; });
      bytes *= static_cast<std::uint64_t>(dimension->size);
    }
    total += bytes;
  }
  return total;
}

}  // namespace

Wanted wanted_of(const SweepPlan& plan, std::int64_t columns) {
  Wanted wanted;
  wanted.metrics = plan.metrics;
  wanted.renyi_orders = plan.renyi_orders;
  wanted.probabilities = plan.probabilities;
  wanted.samples = plan.samples;
  wanted.seed = plan.seed;
  wanted.vocabulary_by = plan.vocabulary_by;
  wanted.tokens = columns;
  return wanted;
}

PreparedSweep prepare_sweep(SweepPlan plan, const Source& source, const BackendEntry& backend) {
  PreparedSweep prepared;
  prepared.plan = std::move(plan);
  const std::int64_t columns = columns_read(prepared.plan, source);
  check_extent(prepared.plan, columns);
  prepared.tiling = plan_tiles(prepared.plan, source, wanted_of(prepared.plan, columns), backend);
  prepared.token_count = has_token_axis(prepared.plan) ? columns : 0;
  prepared.schema = make_schema(prepared.plan, prepared.tiling, prepared.token_count);
  prepared.result_bytes = bytes_of(prepared.schema);
  return prepared;
}

}  // namespace tempsweep
