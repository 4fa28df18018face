// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/stats/temperature_score.hpp"

#include <cmath>

namespace tempsweep {
namespace {

constexpr double least_rest = 5;      ///< draws expected below the top
constexpr double most_skew = 0.2;     ///< skew^2 / n
constexpr double near_centre = 1e-3;  ///< |w| below it: ln(v/w)/w is its limit, skew/6

/// Mean depth of the draws less the law's, negated: positive when they look colder.
double colder_by(const PointLaw& law, std::span<const std::uint64_t> counts, double n) {
  double sum = 0;
  for (std::size_t i = law.finite; i-- > law.ties;) {
    sum += static_cast<double>(counts[i]) * law.depth[i];
  }
  return law.mean_depth - sum / n;
}

bool normal_enough(const PointLaw& law, double n) {
  const double skew = law.third / (law.variance * std::sqrt(law.variance));
  return n * law.top.q >= least_rest && skew * skew <= most_skew * n;
}

void take_root(const PointLaw& law, const TemperatureFit& fit, double n, TemperatureScore& score) {
  const double w = std::copysign(std::sqrt(2 * n * fit.log_likelihood), fit.beta - law.beta);
  if (std::isinf(fit.beta)) {
    score.root = w;
    score.root_p = scaled(p_from_log(-n * fit.log_likelihood), 2);
    return;
  }
  const double v = (fit.beta - law.beta) * std::sqrt(n * fit.variance);
  // The logit is the depth turned round: its skew has the other sign.
  const double limit = -law.third / (law.variance * std::sqrt(law.variance) * std::sqrt(n)) / 6;
  score.root = w + (std::abs(w) < near_centre ? limit : std::log(v / w) / w);
  score.root_p = two_sided_normal(score.root);
}

}  // namespace

TemperatureScore score_temperature(const PointLaw& law, std::span<const std::uint64_t> counts,
                                   std::uint64_t n, TemperatureScratch& scratch) {
  TemperatureScore score;
  const TemperatureFit fit = fit_temperature(law, counts, scratch);
  if (std::isnan(fit.beta)) {
    return score;
  }
  const auto draws = static_cast<double>(n);
  score.effective_temperature = 1 / fit.beta;
  if (!std::isinf(fit.beta)) {
    score.effective_temperature_error = 1 / (fit.beta * fit.beta) / std::sqrt(draws * fit.variance);
  }
  if (!(law.variance > 0 && std::isfinite(law.variance))) {
    return score;
  }
  score.z = colder_by(law, counts, draws) / std::sqrt(law.variance / draws);
  take_root(law, fit, draws, score);
  if (normal_enough(law, draws)) {
    score.score_p = two_sided_normal(score.z);
  } else {
    score.root_p = {};
  }
  return score;
}

}  // namespace tempsweep
