// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>

#include "tempsweep/math/judge_sums.hpp"
#include "tempsweep/stats/point_statistics.hpp"

#include "stats/drawn_row.hpp"
#include "stats/finish.hpp"
#include "stats/fused.hpp"
#include "stats/serial_team.hpp"

namespace tempsweep {
namespace {

using std::numbers::ln2;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// beta times the draws' mean depth + ln Z, in bit; never 0 times infinity.
double mean_surprisal(const JudgedSums& sums) {
  if (sums.masked > 0) {
    return infinity;
  }
  const double energy = sums.drawn_depth > 0 ? sums.beta * sums.drawn_depth : 0;
  return (energy + sums.log_partition) / ln2;
}

/// What is compared token by token.
void finish_tokens(const JudgedSums& sums, PointStatistics& out) {
  out.total_variation = std::min(1.0, sums.variation / 2);
  out.empirical_kl_divergence = sums.impossible > 0 ? infinity : sums.divergence / sums.n / ln2;
  out.empirical_entropy = sums.entropy / ln2;
  out.empirical_entropy_corrected = out.empirical_entropy + (sums.distinct - 1) / (2 * sums.n * ln2);
  out.mean_surprisal = mean_surprisal(sums);
}

}  // namespace

JudgedSums sum_point(const PointCase& point, PointScratch& scratch) {
  if (point.depth.size() != point.counts.size() || point.depth.empty() || point.depth[0] != 0) {
    throw std::invalid_argument("judge_point: as many counts as depths, please, the first depth 0");
  }
  scratch.probability.resize(point.depth.size());
  stats::DrawnRow row(point.depth, point.beta, scratch.probability.data());
  row.draw(point.counts, point.n);
  if (!point.probability.empty()) {
    row.give(point.probability);
  }
  JudgedSums sums{};
  stats::run_quickly([&] {
    stats::SerialTeam team(scratch.chi_square);
    judge_sums(team, row, sums);
  });
  return sums;
}

PointStatistics finish_point(const JudgedSums& sums, double uniform, power::NonCentralities& known) {
  const auto n = static_cast<std::uint64_t>(sums.n);
  const Chance top{sums.top, sums.rest};
  PointStatistics out;
  out.chi_square = stats::finish_chi_square(sums);
  out.residual = stats::finish_residual(sums);
  out.detectable_total_variation = power::total_variation(static_cast<std::size_t>(sums.cells), n, known);
  out.temperature = stats::finish_temperature(sums);
  out.top_count = binomial_two_sided(sums.drawn_top, sums.n, top);
  out.top_count_randomised = randomised_binomial(sums.drawn_top, sums.n, top, uniform);
  if (n > 0) {
    finish_tokens(sums, out);
  }
  out.detectable_temperature_error = power::temperature_error(sums.beta, sums.variance, n);
  out.rank_swap = rank_swap_probability(sums.first, sums.rival, n);
  return out;
}

PointStatistics judge_point(const PointCase& point, PointScratch& scratch) {
  return finish_point(sum_point(point, scratch), point.uniform, scratch.non_centralities);
}

}  // namespace tempsweep
