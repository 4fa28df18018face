// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/stats/resimulation.hpp"

#include <algorithm>
#include <atomic>
#include <vector>

#include "tempsweep/core/parallel.hpp"

namespace tempsweep {
namespace {

struct Worker {
  std::vector<std::uint64_t> counts;
  PointScratch scratch;
};

}  // namespace

std::uint64_t most_replicates_of(std::size_t tokens, double log10_p) {
  constexpr double clear = -12;
  const double tokens_in_all = log10_p < clear ? 4e8 : 4e9;
  return std::clamp<std::uint64_t>(static_cast<std::uint64_t>(tokens_in_all / static_cast<double>(tokens)),
                                   least_replicates, most_replicates);
}

Resimulation resimulate(TestKind kind, double log10_p, const PointCase& law, const Replicate& replicate,
                        int threads, std::uint64_t most) {
  std::vector<Worker> workers(static_cast<std::size_t>(threads));
  Resimulation result;
  std::uint64_t batch = 64;
  while (result.exceedances < enough_exceedances && result.replicates < most) {
    batch = std::min(batch, most - result.replicates);
    std::atomic<std::uint64_t> extreme = 0;
    parallel_for(static_cast<std::int64_t>(batch), threads, [&](std::int64_t item, int worker) {
      Worker& own = workers[static_cast<std::size_t>(worker)];
      own.counts.assign(law.depth.size(), 0);
      replicate(result.replicates + static_cast<std::uint64_t>(item), worker, own.counts);
      PointCase point = law;
      point.counts = own.counts;
      if (log10_p_of(kind, point, own.scratch) <= log10_p) {
        ++extreme;
      }
    });
    result.replicates += batch;
    result.exceedances += extreme;
    batch *= 2;
  }
  return result;
}

}  // namespace tempsweep
