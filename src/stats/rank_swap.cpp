// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numbers>

#include "tempsweep/stats/binomial.hpp"
#include "tempsweep/stats/power.hpp"

namespace tempsweep {
namespace {

constexpr double most_terms = 2e6;

/// ln(1 - (sqrt a - sqrt b)^2), the least of the cumulant function of N_b - N_a for one draw.
double log_overlap(double a, double b) {
  const double difference = std::sqrt(a) - std::sqrt(b);
  return std::log1p(-difference * difference);
}

/// P(X > Y) + P(X = Y)/2 of M flips, X ~ Bin(M, r), r < 1/2, for M = 2j - 1 and, the same, M = 2j: the sum of
/// (1 - 2r) C(2i - 1, i) (r (1 - r))^i over i >= j. Handed down from large j, a binomial tail, to small.
class Majority {
 public:
  Majority(double r, std::int64_t j)
      : step_(4 * r * (1 - r)),
        j_(j),
        term_(std::exp(log_binomial_mass(real(j), real(2 * j - 1), {0.5, 0.5}) +
                       real(2 * j - 1) * std::numbers::ln2 + real(j) * std::log(step_ / 4)) *
              (1 - 2 * r)),
        sum_(binomial_upper(real(j), real(2 * j - 1), {r, 1 - r}).p) {}
  /// At j, which only falls.
  double at(std::int64_t j) {
    for (; j_ > j; --j_) {
      term_ *= real(2 * j_) / real(2 * j_ - 1) / step_;
      sum_ += term_;
    }
    return sum_;
  }

 private:
  static double real(std::int64_t i) { return static_cast<double>(i); }

  double step_;
  std::int64_t j_;
  double term_;
  double sum_;
};

double exact(double p_top, double p_rival, double n) {
  const double both = std::min(1.0, p_top + p_rival);
  const Chance chance{both, std::max(0.0, 1 - both)};
  // Weighted by the majority's decay the law of M is itself binomial, its mean moved down: sum over both.
  const double overlap = 2 * std::sqrt(p_top * p_rival);
  const double tilted = n * overlap / (overlap + chance.q);
  const double spread = 12 * std::sqrt(n * both * chance.q) + 40;
  const double r = p_rival / both;
  const double underflow = 1300 / -std::log(4 * r * (1 - r));  // beyond, the majority is below e^-650
  const double last = std::floor(std::min({n, std::ceil(n * both + spread), std::max(2.0, underflow)}));
  const double first = std::max(0.0, std::floor(tilted - 12 * std::sqrt(tilted * (1 - tilted / n)) - 40));
  Majority majority(r, std::max<std::int64_t>(1, (static_cast<std::int64_t>(last) + 1) / 2));
  double sum = 0;
  double mass = 0;
  int steps = 0;
  for (auto m = static_cast<std::int64_t>(last); m >= static_cast<std::int64_t>(first); --m) {
    const auto real = static_cast<double>(m);
    // From one mass to the next by their ratio, anew now and then: rounding stays small, and 0 is left again.
    mass = steps % 64 == 0 ? std::exp(log_binomial_mass(real, n, chance))
                           : mass * ((real + 1) / (n - real)) * (chance.q / chance.p);
    ++steps;
    sum += mass * (m == 0 ? 0.5 : majority.at((m + 1) / 2));
  }
  return sum;
}

/// P(D >= 0) by the lattice form of Lugannani and Rice, less half of P(D = 0).
double saddlepoint(double p_top, double p_rival, double n) {
  const double t = std::log(p_top / p_rival) / 2;
  const double log_least = log_overlap(p_top, p_rival);
  const double w = std::sqrt(-2 * n * log_least);
  if (w < 1e-4) {
    return 0.5 - w / std::sqrt(2 * std::numbers::pi);
  }
  const double curvature = 2 * std::sqrt(p_top * p_rival) / std::exp(log_least);
  const double v = 2 * std::sinh(t / 2) * std::sqrt(n * curvature);
  // 1/(1 - e^-t) - 1/2 = coth(t/2)/2 in the place of the continuous 1/t: half of P(D = 0) is left out.
  const double density = std::exp(n * log_least) / std::sqrt(2 * std::numbers::pi);
  return density * (mills_ratio(w) - 1 / w + std::cosh(t / 2) / v);
}

}  // namespace

double rank_swap_probability(double p_top, double p_rival, std::uint64_t n) {
  if (!(p_rival > 0)) {
    return n == 0 ? 0.5 : 0;
  }
  if (p_rival >= p_top || n == 0) {
    return 0.5;
  }
  const auto draws = static_cast<double>(n);
  const double both = std::min(1.0, p_top + p_rival);
  const bool short_sum = std::sqrt(draws * both) * 24 < most_terms &&
                         draws * (both - 2 * std::sqrt(p_top * p_rival)) < most_terms;
  return short_sum ? exact(p_top, p_rival, draws) : saddlepoint(p_top, p_rival, draws);
}

double any_rank_swap_bound(const PointLaw& law, std::uint64_t n) {
  const auto draws = static_cast<double>(n);
  double sum = 0;
  for (std::size_t i = law.possible; i-- > law.ties;) {
    sum += std::exp(draws * log_overlap(law.probability[0], law.probability[i]));
  }
  return std::min(1.0, sum);
}

}  // namespace tempsweep
