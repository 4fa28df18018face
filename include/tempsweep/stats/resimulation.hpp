// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "tempsweep/stats/grid_verdict.hpp"
#include "tempsweep/stats/point_tests.hpp"

namespace tempsweep {

inline constexpr std::uint64_t most_replicates = 100000;
inline constexpr std::uint64_t enough_exceedances = 10;

/// Sets `counts`, in the order of the law, to the draws of a replicate. Called from several threads at once,
/// `worker` from 0 to threads - 1; a replicate must not depend on the worker.
using Replicate = std::function<void(std::uint64_t replicate, int worker, std::span<std::uint64_t> counts)>;

/// How many replicates of the same law are at least as extreme as a p-value that was seen: batches of 64,
/// 128, 256 … until enough_exceedances or `most`. The same on any number of threads. \param law  its counts
/// are not looked at \throws Interrupted
[[nodiscard]] Resimulation resimulate(TestKind kind, double log10_p, const PointCase& law,
                                      const Replicate& replicate, int threads,
                                      std::uint64_t most = most_replicates);

}  // namespace tempsweep
