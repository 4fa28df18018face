// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/stats/binomial.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>

#include "stats/deviance.hpp"

namespace tempsweep {
namespace {

using stats::deviance;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double trusted = 1e-290;
constexpr double expansion_from = 1e6;  ///< n p q

/// ln k! - ln(sqrt(2 pi k) (k/e)^k).
double stirling_error(double k) {
  if (k < 16) {
    return k == 0 ? 0
                  : boost::math::lgamma(k + 1) - (k + 0.5) * std::log(k) + k -
                        std::log(2 * std::numbers::pi) / 2;
  }
  const double u = 1 / (k * k);
  return (1.0 / 12 - u * (1.0 / 360 - u * (1.0 / 1260 - u / 1680))) / k;
}

double log_of(Chance chance) {
  return chance.p < 0.5 ? std::log(chance.p) : std::log1p(-chance.q);
}

/// ln of the sum of P(X = j) / P(X = k) over j >= k, above the mode.
double log_ratio_sum(double k, double n, double odds) {
  double term = 1;
  double sum = 1;
  const auto last = static_cast<std::int64_t>(n);
  for (auto j = static_cast<std::int64_t>(k); j < last && term > 1e-18 * sum; ++j) {
    term *= (n - static_cast<double>(j)) / static_cast<double>(j + 1) * odds;
    sum += term;
  }
  return std::log(sum);
}

/// I_p(k, n - k + 1) by the uniform expansion with its first correction.
PValue uniform_expansion(double k, double n, Chance chance) {
  const double total = n + 1;
  const double place = k / total;
  const double width = std::sqrt(place * (total - k));  // sqrt(N x0 (1 - x0))
  const double zeta = std::sqrt(2 * (deviance(k, total * chance.p) + deviance(total - k, total * chance.q)));
  const double offset = total * chance.p - k;
  const double sign = offset < 0 ? -1 : 1;
  const double correction =
      zeta < 1e-3 ? (1 - 2 * place) / (3 * width) : sign * (1 / zeta - width / std::abs(offset));
  const double small = mills_ratio(zeta) - sign * correction;  // of the tail that zeta points away from
  const PValue tail = p_from_log(-zeta * zeta / 2 + std::log(small / std::sqrt(2 * std::numbers::pi)));
  return sign < 0 ? tail : PValue{1 - tail.p, std::log1p(-tail.p) / std::numbers::ln10};
}

PValue incomplete_beta(double k, double n, Chance chance) {
  using namespace boost::math::policies;
  // Without long double, which costs four times as much for digits that no p-value needs.
  using Quiet = policy<overflow_error<ignore_error>, underflow_error<ignore_error>, promote_double<false>>;
  const double p = chance.p <= 0.5 ? boost::math::ibeta(k, n - k + 1, chance.p, Quiet())
                                   : boost::math::ibetac(n - k + 1, k, chance.q, Quiet());
  return {p, std::log10(p)};
}

}  // namespace

double stats::deviance(double k, double m) {
  const double difference = k - m;
  if (std::abs(difference) >= 0.1 * (k + m)) {
    return (k > 0 ? k * std::log(k / m) : 0) - difference;
  }
  const double v = difference / (k + m);
  double sum = difference * v;
  double power = 2 * k * v;
  for (int j = 1; j < 1000; ++j) {
    power *= v * v;
    const double next = sum + power / (2 * j + 1);
    if (next == sum) {
      break;
    }
    sum = next;
  }
  return sum;
}

double log_binomial_mass(double k, double n, Chance chance) {
  if (!(k >= 0 && k <= n)) {
    return -infinity;
  }
  if (k == 0) {
    return n == 0 ? 0 : n * log_of(chance.complement());
  }
  if (k == n) {
    return n * log_of(chance);
  }
  const double rest = n - k;
  return stirling_error(n) - stirling_error(k) - stirling_error(rest) - deviance(k, n * chance.p) -
         deviance(rest, n * chance.q) - std::log(2 * std::numbers::pi * k * (rest / n)) / 2;
}

PValue binomial_upper(double k, double n, Chance chance) {
  if (k <= 0 || chance.q <= 0) {
    return {1, 0};
  }
  if (k > n || chance.p <= 0) {
    return {0, -infinity};
  }
  const double odds = chance.p / chance.q;
  const bool far_tail = k > n * chance.p && (n - k) / (k + 1) * odds < 0.99;
  const bool large = n * chance.p * chance.q > expansion_from;
  if (large && !far_tail) {
    return uniform_expansion(k, n, chance);
  }
  const PValue direct = large ? PValue{0, 0} : incomplete_beta(k, n, chance);
  return direct.p > trusted ? direct
                            : p_from_log(log_binomial_mass(k, n, chance) + log_ratio_sum(k, n, odds));
}

PValue binomial_lower(double k, double n, Chance chance) {
  return binomial_upper(n - k, n, chance.complement());
}

PValue binomial_two_sided(double k, double n, Chance chance) {
  // The median is within ln 2 of the mean: farther out it is known which tail is the smaller one.
  const double offset = k - n * chance.p;
  const PValue upper = offset > -1 ? binomial_upper(k, n, chance) : PValue{1, 0};
  const PValue lower = offset < 1 ? binomial_lower(k, n, chance) : PValue{1, 0};
  return scaled(upper.log10_p < lower.log10_p ? upper : lower, 2);
}

double randomised_binomial(double k, double n, Chance chance, double uniform) {
  const double below = k > 0 ? binomial_lower(k - 1, n, chance).p : 0;
  return std::min(1.0, below + uniform * std::exp(log_binomial_mass(k, n, chance)));
}

}  // namespace tempsweep
