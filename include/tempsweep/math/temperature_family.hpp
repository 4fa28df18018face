// SPDX-License-Identifier: Apache-2.0
// The inverse temperature b at which a row has the mean depth that was drawn: bracketed Newton in ln b on ln
// of the mean. The rest is summed in units of e^(-b gap), which may be below any double.
#pragma once

#include <cmath>

#include "tempsweep/math/branch_free.hpp"
#include "tempsweep/math/judged_sums.hpp"
#include "tempsweep/math/lane_sums.hpp"

namespace tempsweep {

inline constexpr double family_negligible = 100;  ///< nat below the second distinct depth

/// Ascending finite depths, the first `ties` of them 0. Turned round: the same row seen from its deepest
/// token.
template <class Row, bool turned>
struct DepthFamily {
  Row row;
  std::int64_t tokens, ties;
  double deepest;  ///< of the row

  [[nodiscard]] TEMPSWEEP_HD double depth(std::int64_t i) const {
    if constexpr (turned) {
      return deepest - row.depth(tokens - 1 - i);
    } else {
      return row.depth(i);
    }
  }
  /// The first token from `ties` on with b(depth - gap) > most.
  [[nodiscard]] TEMPSWEEP_HD std::int64_t reached(double b, double most) const {
    const double gap = depth(ties);
    std::int64_t low = ties;
    std::int64_t high = tokens;
    while (low < high) {
      const std::int64_t middle = low + (high - low) / 2;
      if (b * (depth(middle) - gap) > most) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
};

/// ln <d>, Var(d) / <d>, Var(d) and ln Z at b >= 0.
struct FamilySums {
  double log_mean, variance_over_mean, log_partition, variance;
};

template <class Team, class Family>
TEMPSWEEP_DEVICE FamilySums sum_family(Team& team, const Family& family, double b) {
  const double gap = family.depth(family.ties);
  const auto sums = team.template sums<3>(family.ties, family.reached(b, family_negligible),
                                          [family, b, gap](std::int64_t i) {
                                            const double d = family.depth(i);
                                            const double w = table_weight(d - gap, b);
                                            return Terms<3>{{w, w * d, w * d * d}};
                                          });
  const double weight = sums.term[0];
  const double first = sums.term[1];
  const auto ties = static_cast<double>(family.ties);
  const double unit = branch_free::power(-b * gap);
  const double total = ties + unit * weight;
  const double mean = unit * first / total;
  const double over = sums.term[2] / first - mean;
  return {-b * gap + log_reproducible(first / total), over,
          log_reproducible(ties) + log1p_reproducible(unit * weight / ties), over * mean};
}

/// e^s also where the result is below 2^-1022.
TEMPSWEEP_HD inline double exp_of(double s) {
  const double root = branch_free::power(s / 2);
  return root * root;
}

/// b > 0 whose mean is the one that was drawn, which lies strictly between 0 and the flat law's.
template <class Team, class Family>
TEMPSWEEP_DEVICE double solve_family(Team& team, const Family& family, double mean_drawn, double start,
                                     FamilySums& sums) {
  const double target = log_reproducible(mean_drawn);
  double low = -ieee::infinity;
  double high = ieee::infinity;
  double s = log_reproducible(start > 0 && start <= ieee::largest ? start : 1 / mean_drawn);
  for (int i = 0; i < 300; ++i) {
    const double b = exp_of(s);
    sums = sum_family(team, family, b);
    const double excess = sums.log_mean - target;
    (excess > 0 ? low : high) = s;
    double step = excess / (b * sums.variance_over_mean);
    step = step < -4.0 ? -4.0 : (step > 4.0 ? 4.0 : (step == step ? step : 0.0));
    if (!(std::fabs(step) > 1e-9)) {  // Newton is quadratic: what is left is of the order of its square
      s += step;
      break;
    }
    const double next = s + step;
    const bool closed = low > -ieee::infinity && high < ieee::infinity;
    s = closed && !(next > low && next < high) ? (low + high) / 2 : next;
  }
  return exp_of(s);
}

/// e^x - 1 - x where |x| <= 1/2.
TEMPSWEEP_HD inline double small_excess(double x) {
  double tail = 1;
  for (int k = 14; k > 2; --k) {
    tail = 1 + x * (1.0 / k) * tail;
  }
  return x * x / 2 * tail;
}

/// ln(1 + E_b[e^x - 1 - x]), x = (b - beta)(d - drawn mean): every term is positive, so nothing cancels
/// however close b is to beta. The gain in log likelihood a draw.
template <class Team, class Family>
TEMPSWEEP_DEVICE double family_gain(Team& team, const Family& family, double beta, double mean_drawn,
                                    double b) {
  const double delta = b - beta;
  const double least = b < beta ? b : beta;
  const std::int64_t end = family.reached(least, 2 * family_negligible);
  const double farthest = std::fabs(delta) * (family.depth(end - 1) + mean_drawn);
  const double offset = -delta * mean_drawn;
  Terms<2> sums{};
  if (farthest <= 0.5) {
    sums = team.template sums<2>(0, end, [family, b, delta, mean_drawn](std::int64_t i) {
      const double d = family.depth(i);
      const double w = branch_free::power(-b * d);
      return Terms<2>{{w, w * small_excess(delta * (d - mean_drawn))}};
    });
  } else {
    sums = team.template sums<2>(0, end, [family, b, delta, mean_drawn, beta, offset](std::int64_t i) {
      const double d = family.depth(i);
      const double w = branch_free::power(-b * d);
      const double x = delta * (d - mean_drawn);
      const double wide = branch_free::power(-beta * d + offset) - w * (1 + x);
      return Terms<2>{{w, std::fabs(x) > 0.5 ? wide : w * small_excess(x)}};
    });
  }
  return log1p_reproducible(sums.term[1] / sums.term[0]);
}

/// More draws below than the flat law has: the same family seen from its deepest token.
/// \param mean_drawn  of the depth  \param mean_above  of its distance from the deepest token
template <class Team, class Row>
TEMPSWEEP_DEVICE FitSums fit_from_below(Team& team, const DepthFamily<Row, false>& family,
                                        const JudgedSums& law, double mean_drawn, double mean_above) {
  DepthFamily<Row, true> below{family.row, family.tokens, 0, family.deepest};
  below.ties = below.reached(1, 0);
  if (!(mean_above > 0)) {
    const double log_all =
        law.log_partition + law.beta * below.deepest - log_reproducible(static_cast<double>(below.ties));
    return {-ieee::infinity, 0, log_all};
  }
  FamilySums sums{};
  const double b = -solve_family(team, below, mean_above, 0, sums);
  const double gain = -b * below.deepest < 300
                          ? family_gain(team, family, law.beta, mean_drawn, b)
                          : law.log_partition - sums.log_partition + b * mean_above + law.beta * mean_drawn;
  return {b, sums.variance, gain};
}

/// \param law         its ln Z, ties and beta
/// \param mean_drawn  of the draws on finite depths
/// \param above       mean distance of those draws from the deepest token: above(deepest)
template <class Team, class Row, class Above>
TEMPSWEEP_DEVICE FitSums fit_family(Team& team, const Row& row, const JudgedSums& law, double mean_drawn,
                                    double unit, const Above& above) {
  const DepthFamily<Row, false> family{row, row.finite, row.ties, row.depth(row.finite - 1)};
  if (mean_drawn == 0) {
    return {ieee::infinity, 0, law.log_partition - log_reproducible(law.ties)};
  }
  const auto all = team.template sums<1>(
      0, row.finite, [row, unit](std::int64_t i) { return Terms<1>{{row.depth(i) * unit}}; });
  const double flat = all.term[0] / static_cast<double>(row.finite) / unit;
  if (mean_drawn > flat) {
    return fit_from_below(team, family, law, mean_drawn, above(family.deepest));
  }
  double b = 0;
  FamilySums sums{};
  if (mean_drawn < flat) {
    b = solve_family(team, family, mean_drawn, law.beta, sums);
  } else {
    sums = sum_family(team, family, 0);
  }
  if (law.beta == ieee::infinity) {
    return {b, sums.variance, ieee::infinity};
  }
  // Where e^x leaves the doubles, nothing cancels either.
  const double gain = (law.beta - b) * mean_drawn < 300
                          ? family_gain(team, family, law.beta, mean_drawn, b)
                          : law.log_partition - sums.log_partition + (law.beta - b) * mean_drawn;
  return {b, sums.variance, gain};
}

}  // namespace tempsweep
