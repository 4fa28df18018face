// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/stats/temperature_score.hpp"

#include <cmath>

#include "tempsweep/math/judge_sums.hpp"

#include "stats/drawn_row.hpp"
#include "stats/finish.hpp"
#include "stats/fused.hpp"
#include "stats/serial_team.hpp"

namespace tempsweep {
namespace {

constexpr double least_rest = 5;      ///< draws expected below the top
constexpr double most_skew = 0.2;     ///< skew^2 / n
constexpr double near_centre = 1e-3;  ///< |w| below it: ln(v/w)/w is its limit, skew/6

bool normal_enough(const JudgedSums& sums) {
  const double skew = sums.third / (sums.variance * std::sqrt(sums.variance));
  return sums.n * sums.rest >= least_rest && skew * skew <= most_skew * sums.n;
}

void take_root(const JudgedSums& sums, TemperatureScore& score) {
  const double n = sums.n;
  const FitSums& fit = sums.fit;
  const double w = std::copysign(std::sqrt(2 * n * fit.gain), fit.beta - sums.beta);
  if (std::isinf(fit.beta)) {
    score.root = w;
    score.root_p = scaled(p_from_log(-n * fit.gain), 2);
    return;
  }
  const double v = (fit.beta - sums.beta) * std::sqrt(n * fit.variance);
  // The logit is the depth turned round: its skew has the other sign.
  const double limit = -sums.third / (sums.variance * std::sqrt(sums.variance) * std::sqrt(n)) / 6;
  score.root = w + (std::abs(w) < near_centre ? limit : std::log(v / w) / w);
  score.root_p = two_sided_normal(score.root);
}

}  // namespace

TemperatureScore stats::finish_temperature(const JudgedSums& sums) {
  TemperatureScore score;
  const FitSums& fit = sums.fit;
  if (std::isnan(fit.beta)) {
    return score;
  }
  score.effective_temperature = 1 / fit.beta;
  if (!std::isinf(fit.beta)) {
    score.effective_temperature_error = 1 / (fit.beta * fit.beta) / std::sqrt(sums.n * fit.variance);
  }
  if (!(sums.variance > 0 && std::isfinite(sums.variance))) {
    return score;
  }
  score.z = (sums.mean - sums.drawn_depth) / std::sqrt(sums.variance / sums.n);
  take_root(sums, score);
  if (normal_enough(sums)) {
    score.score_p = two_sided_normal(score.z);
  } else {
    score.root_p = {};
  }
  return score;
}

TemperatureScore score_temperature(const PointLaw& law, std::span<const std::uint64_t> counts,
                                   std::uint64_t n) {
  JudgedSums sums{};
  sums.beta = law.beta;
  sums.ties = static_cast<double>(law.ties);
  sums.rest = law.top.q;
  sums.log_partition = law.log_partition;
  sums.mean = law.mean_depth;
  sums.variance = law.variance;
  sums.third = law.third;
  sums.n = static_cast<double>(n);
  stats::run_quickly([&] {
    ChiSquareScratch no_cells;
    stats::SerialTeam team(no_cells);
    stats::DrawnRow row(law.depth, law.beta, nullptr);
    row.draw(counts, n);
    const double unit = depth_unit(row);
    sum_depths(team, row, unit, sums);
    sum_fit(team, row, unit, sums);
  });
  return stats::finish_temperature(sums);
}

}  // namespace tempsweep
