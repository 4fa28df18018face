// SPDX-License-Identifier: Apache-2.0
// One grid point that is drawn over and over, each time with another seed, and judged by the referee.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "tempsweep/core/sampling.hpp"
#include "tempsweep/stats/point_statistics.hpp"

#include "backend/cpu/samplers.hpp"
#include "calibration/laws.hpp"

namespace tempsweep::testing {

/// Adds a point's draws to counts, by token. Called from several threads, `worker` from 0.
using Draw = std::function<void(std::uint64_t seed, int worker, std::span<std::uint64_t> counts)>;

/// A claim: these many draws of this row, at this temperature, cut in this way.
struct Claim {
  NamedRow row;
  double temperature = 1;
  std::uint64_t samples = 0;
  Truncation truncation{};
};

/// A sampler of the engine, as its CPU backend draws the first row of an input.
[[nodiscard]] Draw engine_draw(const Claim& claim, Sampler sampler, int threads);
/// The same for weights that are given: exact draws of any law.
[[nodiscard]] Draw draw_of_weights(std::vector<double> weights, std::uint64_t samples, int threads);

/// What the referee says of the draws of seeds first ... first + seeds - 1, in that order.
[[nodiscard]] std::vector<PointStatistics> judge_seeds(const Claim& claim, const Draw& draw,
                                                       std::uint64_t first, std::uint64_t seeds, int threads);

/// 1 of the top token, and below: what the samplers take. 0 beyond the truncation.
[[nodiscard]] std::vector<double> claimed_weights(const Claim& claim);
/// The same with sum 1.
[[nodiscard]] std::vector<double> claimed_law(const Claim& claim);

}  // namespace tempsweep::testing
