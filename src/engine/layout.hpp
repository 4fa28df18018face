// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "tempsweep/engine.hpp"
#include "tempsweep/plan.hpp"
#include "tempsweep/sink.hpp"

namespace tempsweep {

/// Whether the result has a token axis: for probabilities, counts or names.
[[nodiscard]] bool has_token_axis(const SweepPlan& plan);

/// The schema of the result: dimensions, coordinates, then what tile_buffers.hpp fills, in its order.
[[nodiscard]] Schema make_schema(const SweepPlan& plan, const Tiling& tiling, std::int64_t token_count);

/// Index of the variable of that name; throws std::out_of_range when there is none.
[[nodiscard]] std::size_t variable_index(const Schema& schema, std::string_view name);

}  // namespace tempsweep
