// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>

#include "tempsweep/stats/point_statistics.hpp"

#include "stats/deviance.hpp"
#include "stats/moments.hpp"

namespace tempsweep {
namespace {

double top_draws(const PointLaw& law, std::span<const std::uint64_t> counts) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < law.ties; ++i) {
    sum += counts[i];
  }
  return static_cast<double>(sum);
}

/// beta times the draws' mean depth + ln Z, in bit; never 0 times infinity.
double mean_surprisal(const PointLaw& law, std::span<const std::uint64_t> counts, double n) {
  stats::CompensatedSum depth;
  for (std::size_t i = counts.size(); i-- > law.ties;) {
    if (counts[i] != 0 && std::isinf(law.depth[i])) {
      return law.depth[i];
    }
    depth.add(counts[i] == 0 ? 0 : static_cast<double>(counts[i]) * (law.depth[i] / n));
  }
  const double energy = depth.value() > 0 ? law.beta * depth.value() : 0;
  return (energy + law.log_partition) / std::numbers::ln2;
}

PointLaw law_of(const PointCase& point, PointScratch& scratch) {
  if (point.depth.size() != point.counts.size() || point.depth.empty() || point.depth[0] != 0) {
    throw std::invalid_argument("judge_point: as many counts as depths, please, the first depth 0");
  }
  return point.probability.empty() ? make_point_law(point.depth, point.beta, scratch.probability)
                                   : make_point_law(point.depth, point.beta, point.probability);
}

}  // namespace

double empirical_kl_bits(std::span<const double> probability, std::span<const std::uint64_t> counts,
                         std::uint64_t n) {
  stats::CompensatedSum sum;
  const auto draws = static_cast<double>(n);
  for (std::size_t i = counts.size(); i-- > 0;) {
    if (counts[i] != 0 && !(probability[i] > 0)) {
      return std::numeric_limits<double>::infinity();
    }
    const double expected = draws * probability[i];
    sum.add(counts[i] == 0 ? expected : stats::deviance(static_cast<double>(counts[i]), expected));
  }
  return n == 0 ? 0 : sum.value() / draws / std::numbers::ln2;
}

PointStatistics judge_point(const PointCase& point, PointScratch& scratch) {
  const PointLaw law = law_of(point, scratch);
  const auto n = static_cast<double>(point.n);
  PointStatistics out;
  out.chi_square = chi_square_test(law.probability, point.counts, point.n, scratch.chi_square);
  out.residual = largest_residual(scratch.chi_square, point.n);
  out.detectable_total_variation =
      power::total_variation(scratch.chi_square.expected.size(), point.n, scratch.non_centralities);
  out.temperature = score_temperature(law, point.counts, point.n, scratch.temperature);
  const double top = top_draws(law, point.counts);
  out.top_count = binomial_two_sided(top, n, law.top);
  out.top_count_randomised = randomised_binomial(top, n, law.top, point.uniform);
  out.total_variation = total_variation(law.probability, point.counts, point.n);
  out.empirical_kl_divergence = empirical_kl_bits(law.probability, point.counts, point.n);
  out.empirical_entropy = empirical_entropy_bits(point.counts, point.n);
  out.empirical_entropy_corrected = miller_madow_entropy_bits(point.counts, point.n);
  out.mean_surprisal = point.n == 0 ? 0 : mean_surprisal(law, point.counts, n);
  out.detectable_temperature_error = power::temperature_error(law, point.n);
  const double rival = law.ties < law.probability.size() ? law.probability[law.ties] : 0;
  out.rank_swap = rank_swap_probability(law.probability[0], rival, point.n);
  return out;
}

}  // namespace tempsweep
