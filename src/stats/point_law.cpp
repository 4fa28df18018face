// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/stats/point_law.hpp"

#include "tempsweep/math/judge_sums.hpp"

#include "stats/drawn_row.hpp"
#include "stats/fused.hpp"
#include "stats/serial_team.hpp"

namespace tempsweep {
namespace {

PointLaw law_of(std::span<const double> depth, double beta, std::span<const double> probability,
                stats::DrawnRow row) {
  JudgedSums sums{};
  stats::run_quickly([&] {
    ChiSquareScratch no_cells;
    stats::SerialTeam team(no_cells);
    sum_law(team, row, sums);
  });
  PointLaw law;
  law.depth = depth;
  law.probability = probability;
  law.beta = beta;
  law.ties = static_cast<std::size_t>(row.ties);
  law.finite = static_cast<std::size_t>(row.finite);
  law.possible = static_cast<std::size_t>(sums.possible);
  law.top = {sums.top, sums.rest};
  law.log_partition = sums.log_partition;
  law.mean_depth = sums.mean;
  law.variance = sums.variance;
  law.third = sums.third;
  return law;
}

}  // namespace

PointLaw make_point_law(std::span<const double> depth, double beta, std::vector<double>& storage) {
  storage.resize(depth.size());
  return law_of(depth, beta, storage, stats::DrawnRow(depth, beta, storage.data()));
}

PointLaw make_point_law(std::span<const double> depth, double beta, std::span<const double> probability) {
  std::vector<double> weights(depth.size());
  stats::DrawnRow row(depth, beta, weights.data());
  row.give(probability);
  return law_of(depth, beta, probability, row);
}

}  // namespace tempsweep
