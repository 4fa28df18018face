// SPDX-License-Identifier: Apache-2.0
#include "stats/moments.hpp"

#include <algorithm>
#include <cmath>

namespace tempsweep::stats {

void CompensatedSum::add(double term) {
  const double next = sum_ + term;
  lost_ += std::abs(sum_) >= std::abs(term) ? (sum_ - next) + term : (term - next) + sum_;
  sum_ = next;
}

ChiSquareMoments chi_square_moments(const CellSums& sums, double n) {
  const double k = sums.cells;
  const double s1 = sums.inverse;
  const double s2 = sums.inverse_square;
  const double variance = 2 * (k - 1) + (s1 - (k * k + 2 * k - 2) / n);
  const double third = 8 * (k - 1) + (22 * s1 - (18 * k * k + 36 * k - 32) / n) +
                       (s2 - (3 * k + 22) * s1 / n + (((2 * k + 18) * k + 28) * k - 24) / n / n);
  return {k - 1, variance, third};
}

Tail shifted_gamma_tail(const ChiSquareMoments& moments, double statistic) {
  // The skew of chi^2 with 2^31 degrees of freedom is 6e-5: below a tenth of that the fit is noise.
  constexpr double least_skew = 1e-6;
  const double deviation = std::sqrt(moments.variance);
  const double skew = moments.third / (moments.variance * deviation);
  if (!(moments.variance > 0) || !(skew > least_skew)) {
    return gamma_tail(moments.mean / 2, statistic / 2);
  }
  const double shape = 4 / (skew * skew);
  const double scale = deviation * skew / 2;
  const double shift = moments.mean - 2 * deviation / skew;
  return gamma_tail(shape, std::max(0.0, statistic - shift) / scale);
}

}  // namespace tempsweep::stats
