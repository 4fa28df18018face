// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "tempsweep/stats/temperature_score.hpp"

namespace tempsweep {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double negligible = 100;  ///< nat below the second distinct depth

/// Ascending finite depths, the first `ties` of them 0, and what was drawn of them.
struct Family {
  std::span<const double> depth;
  std::size_t ties;
  double mean_drawn;

  [[nodiscard]] double gap() const { return depth[ties]; }
};

/// ln <d>, Var(d) / <d> and ln Z at b > 0; the rest is summed in units of e^(-b gap), which may be below any
/// double.
struct Sums {
  double log_mean, variance_over_mean, log_partition, variance;
};

Sums sums_at(const Family& family, double b) {
  const double gap = family.gap();
  double weight = 0;
  double first = 0;
  double second = 0;
  for (std::size_t i = family.ties; i < family.depth.size(); ++i) {
    const double exponent = b * (family.depth[i] - gap);
    if (exponent > negligible) {
      break;
    }
    const double w = std::exp(-exponent);
    weight += w;
    first += w * family.depth[i];
    second += w * family.depth[i] * family.depth[i];
  }
  const auto ties = static_cast<double>(family.ties);
  const double unit = std::exp(-b * gap);
  const double total = ties + unit * weight;
  const double mean = unit * first / total;
  const double over = second / first - mean;
  return {-b * gap + std::log(first / total), over, std::log(ties) + std::log1p(unit * weight / ties),
          over * mean};
}

/// b > 0 with <d>_b = the mean that was drawn, which lies strictly between 0 and the flat law's.
double solve(const Family& family, double start, Sums& sums) {
  const double target = std::log(family.mean_drawn);
  double low = -infinity;
  double high = infinity;
  double s = std::log(start > 0 && std::isfinite(start) ? start : 1 / family.mean_drawn);
  for (int i = 0; i < 300; ++i) {
    const double b = std::exp(s);
    sums = sums_at(family, b);
    const double excess = sums.log_mean - target;
    (excess > 0 ? low : high) = s;
    double step = std::clamp(excess / (b * sums.variance_over_mean), -4.0, 4.0);
    const double next = s + step;
    if (!(next > low && next < high) && std::isfinite(low) && std::isfinite(high)) {
      step = (low + high) / 2 - s;
    }
    s += step;
    if (!(std::abs(step) > 1e-9)) {  // Newton is quadratic: what is left is of the order of its square
      break;
    }
  }
  return std::exp(s);
}

/// E_b[e^x - 1 - x], x = (b - beta)(d - drawn mean): every term is positive, so nothing cancels however close
/// b is to beta. Its log1p is the gain in log likelihood a draw.
double gain_of(const PointLaw& law, double mean_drawn, double b) {
  const double delta = b - law.beta;
  const double least = std::min(b, law.beta);
  double total = 0;
  double sum = 0;
  for (std::size_t i = 0; i < law.finite; ++i) {
    const double d = law.depth[i];
    if (i > law.ties && least * (d - law.depth[law.ties]) > 2 * negligible) {
      break;
    }
    const double x = delta * (d - mean_drawn);
    const double w = std::exp(-b * d);
    total += w;
    if (std::abs(x) > 0.5) {
      sum += std::exp(-law.beta * d - delta * mean_drawn) - w * (1 + x);
      continue;
    }
    double tail = 1;
    for (int k = 14; k > 2; --k) {
      tail = 1 + x / k * tail;
    }
    sum += w * x * x / 2 * tail;
  }
  return std::log1p(sum / total);
}

std::uint64_t total_of(std::span<const std::uint64_t> counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

double mean_of(std::span<const double> depth, std::span<const std::uint64_t> counts, double n) {
  double sum = 0;
  for (std::size_t i = depth.size(); i-- > 0;) {
    sum += static_cast<double>(counts[i]) * depth[i];
  }
  return sum / n;
}

/// More draws below than the flat law has: the same family seen from its deepest token.
TemperatureFit fit_from_below(const PointLaw& law, std::span<const std::uint64_t> counts, double mean_drawn,
                              double n, TemperatureScratch& scratch) {
  const auto depth = law.depth.first(law.finite);
  const double deepest = depth.back();
  scratch.reversed.resize(depth.size());
  std::transform(depth.rbegin(), depth.rend(), scratch.reversed.begin(),
                 [deepest](double d) { return deepest - d; });
  scratch.reversed_counts.assign(counts.rbegin(), counts.rend());
  Family family{scratch.reversed, 0, mean_of(scratch.reversed, scratch.reversed_counts, n)};
  family.ties = static_cast<std::size_t>(std::upper_bound(family.depth.begin(), family.depth.end(), 0.0) -
                                         family.depth.begin());
  if (!(family.mean_drawn > 0)) {
    const double log_all =
        law.log_partition + law.beta * deepest - std::log(static_cast<double>(family.ties));
    return {-infinity, 0, log_all};
  }
  Sums sums{};
  const double b = -solve(family, 0, sums);
  const double gain = -b * deepest < 300 ? gain_of(law, mean_drawn, b)
                                         : law.log_partition - sums.log_partition + b * family.mean_drawn +
                                               law.beta * mean_drawn;
  return {b, sums.variance, gain};
}

}  // namespace

TemperatureFit fit_temperature(const PointLaw& law, std::span<const std::uint64_t> all_counts,
                               TemperatureScratch& scratch) {
  const auto depth = law.depth.first(law.finite);
  const auto counts = all_counts.first(law.finite);
  const auto n = static_cast<double>(total_of(counts));
  if (law.ties == law.finite || n == 0) {
    return {nan, nan, nan};
  }
  const double mean_drawn = mean_of(depth, counts, n);
  if (mean_drawn == 0) {
    return {infinity, 0, law.log_partition - std::log(static_cast<double>(law.ties))};
  }
  const double flat = std::accumulate(depth.rbegin(), depth.rend(), 0.0) / static_cast<double>(law.finite);
  if (mean_drawn > flat) {
    return fit_from_below(law, counts, mean_drawn, n, scratch);
  }
  double beta = 0;
  Sums sums{};
  if (mean_drawn < flat) {
    beta = solve({depth, law.ties, mean_drawn}, law.beta, sums);
  } else {
    sums = sums_at({depth, law.ties, mean_drawn}, 0);
  }
  return {beta, sums.variance, std::isinf(law.beta) ? infinity : gain_of(law, mean_drawn, beta)};
}

}  // namespace tempsweep
