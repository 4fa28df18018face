// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "tempsweep/stats/grid_verdict.hpp"
#include "tempsweep/stats/point_tests.hpp"

namespace tempsweep {

inline constexpr std::uint64_t most_replicates = 100000;
inline constexpr std::uint64_t least_replicates = 256;
inline constexpr std::uint64_t enough_exceedances = 10;

/// Replicates that one p-value is worth. Those of long rows are dear: as many as 4e9 tokens in all, some
/// minutes' work. What lies below 1e-12 gets a tenth: no approximation here is out by so much.
[[nodiscard]] std::uint64_t most_replicates_of(std::size_t tokens, double log10_p);

/// Called before a finding is re-simulated, with the most replicates that it may take: minutes may pass.
using ConfirmListener = std::function<void(const Finding& finding, std::uint64_t most)>;

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
