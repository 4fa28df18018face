// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "stats/moments.hpp"

namespace tempsweep::stats {
namespace {

/// The law of X^2 over every outcome of a small multinomial: exact, no simulation.
struct Enumeration {
  std::vector<double> q;
  int n;
  double mean = 0, second = 0, third = 0;  ///< raw moments

  void visit(std::size_t cell, int left, double log_probability, double statistic) {
    const double e = n * q[cell];
    if (cell + 1 == q.size()) {
      const double x = statistic + (left - e) * (left - e) / e;
      const double p = std::exp(log_probability + left * std::log(q[cell]) - std::lgamma(left + 1.0) +
                                std::lgamma(n + 1.0));
      mean += p * x;
      second += p * x * x;
      third += p * x * x * x;
      return;
    }
    for (int o = 0; o <= left; ++o) {
      visit(cell + 1, left - o, log_probability + o * std::log(q[cell]) - std::lgamma(o + 1.0),
            statistic + (o - e) * (o - e) / e);
    }
  }
};

ChiSquareMoments moments_of(const std::vector<double>& q, double n) {
  CellSums sums{static_cast<double>(q.size()), 0, 0};
  for (const double p : q) {
    sums.inverse += 1 / (n * p);
    sums.inverse_square += 1 / (n * p) / (n * p);
  }
  return chi_square_moments(sums, n);
}

TEST(ChiSquareMoments, equal_full_enumeration) {
  const std::vector<std::vector<double>> laws{{0.5, 0.5},
                                              {0.9, 0.1},
                                              {0.7, 0.2, 0.1},
                                              {0.4, 0.3, 0.2, 0.1},
                                              {0.25, 0.25, 0.25, 0.25},
                                              {0.6, 0.1, 0.1, 0.1, 0.1}};
  for (const auto& q : laws) {
    for (const int n : {1, 2, 5, 17, 30}) {
      Enumeration exact{q, n};
      exact.visit(0, n, 0, 0);
      const ChiSquareMoments moments = moments_of(q, n);
      const double m = exact.mean;
      const double variance = exact.second - m * m;
      const double third = exact.third - 3 * m * exact.second + 2 * m * m * m;
      EXPECT_NEAR(moments.mean, m, 1e-10 * (1 + m));
      EXPECT_NEAR(moments.variance, variance, 1e-9 * (1 + exact.second));
      EXPECT_NEAR(moments.third, third, 1e-8 * (1 + exact.third));
    }
  }
}

TEST(ChiSquareMoments, flat_law_in_closed_form) {
  for (const double k : {2.0, 10.0, 128256.0}) {
    for (const double n : {5 * k, 1e12}) {
      const ChiSquareMoments moments = moments_of(std::vector<double>(static_cast<std::size_t>(k), 1 / k), n);
      EXPECT_NEAR(moments.variance / (2 * (k - 1) * (1 - 1 / n)), 1, 1e-10);
      EXPECT_NEAR(moments.third / (4 * (k - 1) * (1 - 1 / n) * (k + 2 * n - 6) / n), 1, 1e-10);
    }
  }
}

TEST(ChiSquareMoments, tend_to_chi_square) {
  const ChiSquareMoments moments = moments_of({0.5, 0.3, 0.15, 0.05}, 0x1p53);
  EXPECT_NEAR(moments.variance, 6, 1e-12);
  EXPECT_NEAR(moments.third, 24, 1e-12);
  EXPECT_NEAR(shifted_gamma_tail(moments, 11.344866730144373).p, 0.01, 1e-12);
}

TEST(ShiftedGamma, has_the_moments_it_was_given) {
  const ChiSquareMoments given{54, 130, 900};
  double mean = 0;
  double square = 0;
  double cube = 0;  // by parts: the integral of k (x - m)^(k-1) P(X > x) from far below
  const double step = 0.01;
  for (double x = -20 + step / 2; x < 400; x += step) {
    const double tail = shifted_gamma_tail(given, x).p;
    const double d = x - given.mean;
    mean += step * tail;
    square += step * 2 * d * (x < given.mean ? tail - 1 : tail);
    cube += step * 3 * d * d * (x < given.mean ? tail - 1 : tail);
  }
  EXPECT_NEAR(mean - 20, given.mean, 1e-3);
  EXPECT_NEAR(square, given.variance, 1e-2);
  EXPECT_NEAR(cube, given.third, 1);
}

TEST(ShiftedGamma, without_skew_is_chi_square) {
  EXPECT_EQ(shifted_gamma_tail({10, 20, 0}, 23.209251158954356).p, gamma_tail(5, 23.209251158954356 / 2).p);
  EXPECT_EQ(shifted_gamma_tail({10, 0, 0}, 12).p, gamma_tail(5, 6).p);
}

TEST(CompensatedSum, keeps_what_cancels) {
  CompensatedSum sum;
  for (const double term : {1.0, 1e100, 1.0, -1e100}) {
    sum.add(term);
  }
  EXPECT_EQ(sum.value(), 2.0);
}

}  // namespace
}  // namespace tempsweep::stats
