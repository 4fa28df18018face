// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/sum_paths.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include <gtest/gtest.h>

#include "backend/cpu/short_exp2.hpp"
#include "support/quad_law.hpp"
#include "support/rest_corpus.hpp"

/// The cheaper ways to a row's sums: what they state they may err by, and when they are taken.
namespace tempsweep::testing {
namespace {

using cpu::SumPath;

const std::vector<double> every_beta = {1e-9, 1e-4, 0.01, 0.1, 0.5, 1.0, 2.0, 7.0, 30.0, 4000.0};

struct QuadSums {
  Quad weight = 0, depth = 0, variance = 0, squares = 0;
};

QuadSums brute_force(const RestCorpus& row, double beta) {
  QuadSums sums;
  const std::size_t count = row.depths.size() - sum_lanes;
  std::vector<Quad> weights(count);
  for (std::size_t i = 0; i < count; ++i) {
    weights[i] = expq(-Quad(beta) * row.depths[i]);
    sums.weight += weights[i];
    sums.depth += weights[i] * row.depths[i];
    sums.squares += weights[i] * weights[i];
  }
  sums.depth /= sums.weight;
  for (std::size_t i = 0; i < count; ++i) {
    const Quad offset = row.depths[i] - sums.depth;
    sums.variance += weights[i] * offset * offset;
  }
  sums.variance /= sums.weight;
  return sums;
}

double absolute(Quad x) {
  return static_cast<double>(fabsq(x));
}

/// Largest error seen as a share of what is stated.
struct Shares {
  double weight = 0, mean = 0, variance = 0, squares = 0;
};

void compare(SumPath path, const RestCorpus& row, const std::vector<double>& betas, Shares& worst) {
  std::vector<RestSums> sums(betas.size());
  cpu::sums_by_path(path, row.rest(), betas, true, sums);
  for (std::size_t t = 0; t < betas.size(); ++t) {
    const double beta = betas[t];
    const QuadSums exact = brute_force(row, beta);
    // In float never accepted there; in double what is left of the variance has left the range of doubles.
    if (!(beta * beta * static_cast<double>(exact.variance) > (path == SumPath::brief ? 1e-280 : 1e-12))) {
      continue;
    }
    const SumErrors stated = cpu::path_errors(path, row.rest(), beta, sums[t]);
    const double weight = absolute(sums[t].weight / exact.weight - 1) / stated.log_weight;
    EXPECT_LE(weight, 1) << "beta " << beta;
    worst.weight = std::max(worst.weight, weight);
    const double squares = absolute(sums[t].squares / exact.squares - 1) / (8 * stated.log_weight);
    EXPECT_LE(squares, 1) << "beta " << beta;
    worst.squares = std::max(worst.squares, squares);
    const double mean = beta * absolute(sums[t].depth - exact.depth) / stated.mean;
    const double variance = beta * beta * absolute(sums[t].variance - exact.variance) / stated.variance;
    EXPECT_LE(mean, 1) << "beta " << beta;
    EXPECT_LE(variance, 1) << "beta " << beta;
    worst.mean = std::max(worst.mean, mean);
    worst.variance = std::max(worst.variance, variance);
  }
}

class SumPathErrors : public ::testing::TestWithParam<SumPath> {};

TEST_P(SumPathErrors, AreAtMostWhatTheyState) {
  Shares worst;
  for (unsigned seed = 0; seed < 6 * shapes; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    compare(GetParam(), random_row(seed, 4000), every_beta, worst);
  }
  for (unsigned seed = 100; seed < 100 + shapes; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    compare(GetParam(), random_row(seed, 200000), {0.3}, worst);
  }
  std::printf("worst share of what is stated: ln Z %.2f, mean %.2f, variance %.2f, squares %.2f\n",
              worst.weight, worst.mean, worst.variance, worst.squares);
}

INSTANTIATE_TEST_SUITE_P(Each, SumPathErrors,
                         ::testing::Values(SumPath::single, SumPath::mixed, SumPath::brief));

/// The scale is a float, too. On depths that are floats its rounding is what would be left.
TEST(SumPaths, TheRoundingOfBetaIsPutRight) {
  RestCorpus row;
  for (int i = 0; i < 6400; ++i) {
    row.depths.push_back(0.125 * (i % 320));
  }
  row.scan.deepest = -row.depths[319];
  row.depths.resize(row.depths.size() + sum_lanes);
  std::vector<double> betas;
  for (int t = 0; t < 50; ++t) {
    betas.push_back(0.1 + 0.001 * t);
  }
  std::vector<RestSums> sums(betas.size());
  cpu::sums_by_path(SumPath::single, row.rest(), betas, false, sums);
  double worst = 0;
  for (std::size_t t = 0; t < betas.size(); ++t) {
    worst = std::max(worst, absolute(sums[t].weight / brute_force(row, betas[t]).weight - 1));
  }
  std::printf("largest error of Z %.1f units\n", worst * 0x1p24);
  EXPECT_LT(worst, 1 * 0x1p-24);
}

/// The polynomials alone, evaluated without rounding that counts.
TEST(ShortExponentials, HaveTheErrorsThatAreWrittenBesideThem) {
  double four = 0;
  double five = 0;
  double six = 0;
  double brief = 0;
  for (double f = -0.5; f <= 0.5; f += 0x1p-16) {
    long double p4 = 0;
    long double p5 = 0;
    long double p6 = 0;
    long double p7 = 0;
    for (int k = 7; k >= 0; --k) {
      p4 = k <= 4 ? p4 * static_cast<long double>(f) + static_cast<long double>(float_exp2::four[k]) : 0;
      p5 = k <= 5 ? p5 * static_cast<long double>(f) + static_cast<long double>(float_exp2::five[k]) : 0;
      p6 = k <= 6 ? p6 * static_cast<long double>(f) + static_cast<long double>(float_exp2::six[k]) : 0;
      p7 = p7 * static_cast<long double>(f) + static_cast<long double>(cpu::brief_exp2::coefficients[k]);
    }
    const long double exact = std::exp2(static_cast<long double>(f));
    four = std::max(four, static_cast<double>(std::abs(p4 / exact - 1)));
    five = std::max(five, static_cast<double>(std::abs(p5 / exact - 1)));
    six = std::max(six, static_cast<double>(std::abs(p6 / exact - 1)));
    brief = std::max(brief, static_cast<double>(std::abs(p7 / exact - 1)));
  }
  EXPECT_LT(four, std::exp2(-18.4));
  EXPECT_GT(four, std::exp2(-18.5));
  EXPECT_LT(five, std::exp2(-23.3));
  EXPECT_LT(six, std::exp2(-28.0));
  EXPECT_LT(brief, std::exp2(-34.3));
  EXPECT_GT(five, std::exp2(-23.4));
  EXPECT_GT(brief, std::exp2(-34.4));
}

}  // namespace
}  // namespace tempsweep::testing
