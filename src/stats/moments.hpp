// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tempsweep::stats {

/// A sum whose error does not grow with the number of terms (Neumaier 1974).
class CompensatedSum {
 public:
  void add(double term);
  [[nodiscard]] double value() const { return sum_ + lost_; }

 private:
  double sum_ = 0;
  double lost_ = 0;
};

/// Exact moments of X^2 = sum (O - E)^2 / E under the multinomial law of n draws.
struct ChiSquareMoments {
  double mean, variance, third;  ///< third: central
};

/// What the moments hang on: how many cells there are, and of their expectations n q, all positive, the sums
/// of 1/E and 1/E^2.
struct CellSums {
  double cells, inverse, inverse_square;
};

/// With R1 = sum 1/q, R2 = sum 1/q^2 and k cells:
///   mean = k - 1;  variance = 2(k-1) + (R1 - k^2 - 2k + 2)/n
///   third = 8(k-1) + (22 R1 - 18k^2 - 36k + 32)/n + (R2 - 3k R1 - 22 R1 + 2k^3 + 18k^2 + 28k - 24)/n^2
/// evaluated in sums of 1/E and 1/E^2, so no term is larger than about k.
[[nodiscard]] ChiSquareMoments chi_square_moments(const CellSums& sums, double n);

struct Tail {
  double p, log10_p;
};

/// P(X >= statistic) of the shifted gamma law with these moments; the chi^2 law with `mean` degrees of
/// freedom where skew or variance are too small to fit one.
[[nodiscard]] Tail shifted_gamma_tail(const ChiSquareMoments& moments, double statistic);

/// Upper regularised incomplete gamma function Q(a, x), a > 0, x >= 0, with its logarithm far below the
/// smallest double.
[[nodiscard]] Tail gamma_tail(double a, double x);

}  // namespace tempsweep::stats
