// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/sum_paths.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "backend/cpu/kernels.hpp"
#include "backend/cpu/short_exp2.hpp"
#include "support/backend_run.hpp"
#include "support/quad_law.hpp"

/// The cheaper ways to a row's sums: what they state they may err by, and when they are taken.
namespace tempsweep::testing {
namespace {

using cpu::SumPath;

const std::vector<double> every_beta = {1e-9, 1e-4, 0.01, 0.1, 0.5, 1.0, 2.0, 7.0, 30.0, 4000.0};

struct Corpus {
  std::vector<double> depths;
  RowScan scan;

  [[nodiscard]] cpu::RestView rest() const {
    return {depths.data(), std::ssize(depths) - sum_lanes, -scan.deepest};
  }
};

/// A depth of one of many shapes. The last two are out to hurt: every depth is rounded the same way, or has
/// the same place between two powers of two at β = 1.
double depth_of_shape(unsigned shape, double width, double x, double gauss) {
  switch (shape) {
    case 0:
      return std::abs(gauss) * width;
    case 1:
      return width * x;
    case 2:
      return -width * std::log(x + 1e-12);
    case 3:
      return std::nearbyint(8 * width * x) / 8;
    case 4:
      return (x < 0.5 ? width : 0) + 1e-3 * x;
    case 5:
      return x < 0.01 ? width * x : 30 + width;
    case 6:
      return static_cast<double>(static_cast<float>(width * x)) * (1 + 0x1.fp-25);
    default:
      return (std::nearbyint(width * x) + 0.37) / 1.4426950408889634;
  }
}
constexpr unsigned shapes = 8;

Corpus random_row(unsigned seed, std::size_t most) {
  std::mt19937_64 engine(seed);
  std::uniform_real_distribution<double> uniform(0, 1);
  std::normal_distribution<double> normal(0, 1);
  Corpus row;
  row.depths.resize(1 + engine() % most);
  const double width = std::exp2(12 * uniform(engine) - 4);
  for (double& y : row.depths) {
    y = depth_of_shape(seed % shapes, width, uniform(engine), normal(engine));
  }
  row.depths[row.depths.size() / 2] = 0;
  row.scan.ties = 1;
  row.scan.unmasked = std::ssize(row.depths) + 1;
  row.scan.maximum = 3 * uniform(engine);
  row.scan.deepest = -*std::max_element(row.depths.begin(), row.depths.end());
  row.depths.resize(row.depths.size() + sum_lanes, 0.25);  // must not be counted
  return row;
}

struct QuadSums {
  Quad weight = 0, depth = 0, variance = 0, squares = 0;
};

QuadSums brute_force(const Corpus& row, double beta) {
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

void compare(SumPath path, const Corpus& row, const std::vector<double>& betas, Shares& worst) {
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
    const double variance = absolute(sums[t].variance / exact.variance - 1) / stated.variance;
    EXPECT_LE(mean, 1) << "beta " << beta;
    EXPECT_LE(variance, 1) << "beta " << beta;
    worst.mean = std::max(worst.mean, mean);
    worst.variance = std::max(worst.variance, variance);
  }
}

class SumPathErrors : public ::testing::TestWithParam<SumPath> {};

TEST_P(SumPathErrors, AreAtMostWhatTheyState) {
  Shares worst;
  for (unsigned seed = 0; seed < 10 * shapes; ++seed) {
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

/// The polynomials alone, evaluated without rounding that counts.
TEST(ShortExponentials, HaveTheErrorsThatAreWrittenBesideThem) {
  double five = 0;
  double six = 0;
  double brief = 0;
  for (double f = -0.5; f <= 0.5; f += 0x1p-16) {
    long double p5 = 0;
    long double p6 = 0;
    long double p7 = 0;
    for (int k = 7; k >= 0; --k) {
      p5 = k <= 5 ? p5 * static_cast<long double>(f) + static_cast<long double>(cpu::float_exp2::five[k]) : 0;
      p6 = k <= 6 ? p6 * static_cast<long double>(f) + static_cast<long double>(cpu::float_exp2::six[k]) : 0;
      p7 = p7 * static_cast<long double>(f) + static_cast<long double>(cpu::brief_exp2::coefficients[k]);
    }
    const long double exact = std::exp2(static_cast<long double>(f));
    five = std::max(five, static_cast<double>(std::abs(p5 / exact - 1)));
    six = std::max(six, static_cast<double>(std::abs(p6 / exact - 1)));
    brief = std::max(brief, static_cast<double>(std::abs(p7 / exact - 1)));
  }
  EXPECT_LT(five, std::exp2(-23.3));
  EXPECT_LT(six, std::exp2(-28.0));
  EXPECT_LT(brief, std::exp2(-34.3));
  EXPECT_GT(five, std::exp2(-23.4));
  EXPECT_GT(brief, std::exp2(-34.4));
}

/// The logits that have these depths, below one token on top.
RestSums alone(const Corpus& row, double beta, double tolerance) {
  RestSums sums;
  cpu::sums_within(row.scan, row.rest(), std::span(&beta, 1), false, tolerance, std::span(&sums, 1));
  return sums;
}

TEST(SumsWithin, APointDependsOnNothingAroundIt) {
  for (const double tolerance : {1e-12, 1e-9, 1e-6, 1e-5}) {
    for (unsigned seed = 0; seed < 2 * shapes; ++seed) {
      const Corpus row = random_row(seed, 5000);
      std::vector<RestSums> together(every_beta.size());
      cpu::sums_within(row.scan, row.rest(), every_beta, false, tolerance, together);
      for (std::size_t t = 0; t < every_beta.size(); ++t) {
        const RestSums one = alone(row, every_beta[t], tolerance);
        EXPECT_EQ(one.weight, together[t].weight);
        EXPECT_EQ(one.depth, together[t].depth);
        EXPECT_EQ(one.variance, together[t].variance);
      }
    }
  }
}

/// How many of some points a path has made.
int made_by(SumPath path, double tolerance) {
  std::vector<double> betas;
  for (int t = 0; t < 24; ++t) {
    betas.push_back(1 / (0.02 * std::pow(1.45, t)));
  }
  int made = 0;
  for (const double deviation : {0.3, 1.0, 3.0, 8.0}) {
    auto logits = normal_logits(5000, deviation, 17);
    std::sort(logits.rbegin(), logits.rend());
    Corpus row;
    for (std::size_t i = 1; i < logits.size(); ++i) {
      row.depths.push_back(logits[1] - logits[i]);
    }
    row.scan.ties = 1;
    row.scan.unmasked = std::ssize(logits);
    row.scan.maximum = logits[0] - logits[1];
    row.scan.deepest = -row.depths.back();
    row.depths.resize(row.depths.size() + sum_lanes);
    std::vector<RestSums> within(betas.size());
    std::vector<RestSums> by_path(betas.size());
    cpu::sums_within(row.scan, row.rest(), betas, false, tolerance, within);
    cpu::sums_by_path(path, row.rest(), betas, false, by_path);
    for (std::size_t t = 0; t < betas.size(); ++t) {
      made += within[t].weight == by_path[t].weight && within[t].variance == by_path[t].variance ? 1 : 0;
    }
  }
  return made;
}

TEST(SumsWithin, TakeTheCheapestPathThatWillDo) {
  constexpr int points = 4 * 24;
  for (const double tolerance : {1e-12, 2e-10, 1e-9, 1e-8, 5e-7, 1e-6, 2e-6, 5e-6, 1e-5}) {
    std::printf("tolerance %.0e: %d single, %d mixed, %d brief, %d exact of %d\n", tolerance,
                made_by(SumPath::single, tolerance), made_by(SumPath::mixed, tolerance),
                made_by(SumPath::brief, tolerance), made_by(SumPath::exact, tolerance), points);
  }
  EXPECT_EQ(made_by(SumPath::exact, 1e-12), points);
  EXPECT_EQ(made_by(SumPath::exact, 2.9e-10), points);
  EXPECT_GT(made_by(SumPath::brief, 1e-8), points / 2);
  EXPECT_GT(made_by(SumPath::mixed, 1e-6), points / 4);
  EXPECT_GT(made_by(SumPath::single, 1e-5), points / 2);
  EXPECT_GT(made_by(SumPath::single, 2e-6), 0);
  EXPECT_LT(made_by(SumPath::single, 2e-6), points);
}

TEST(SumsWithin, OfNoToken) {
  const Corpus none;
  std::vector<RestSums> sums(2, RestSums{9, 9, 9, 9});
  const std::vector<double> betas = {1, 2};
  cpu::sums_within(none.scan, {}, betas, true, 1e-5, sums);
  EXPECT_EQ(sums[1].weight, 0);
}

/// Depths that leave the float range, and β at its ends: never NaN, never a tolerance broken.
TEST(SumsWithin, KeepTheToleranceAtEveryScaleOfTheLogits) {
  Wanted wanted;
  wanted.metrics = {metric_id("entropy"), metric_id("heat_capacity")};
  for (const double scale : {1e-30, 1e-12, 1e-6, 1.0, 1e6, 1e12, 1e30, 1e100}) {
    auto logits = normal_logits(2048, 2, 19);
    logits[3] = -2000;
    std::vector<double> temperatures = {0.01, 0.5, 1.0, 3.0};
    for (double& logit : logits) {
      logit *= scale;
    }
    logits[4] = -HUGE_VAL;
    for (double& temperature : temperatures) {
      temperature *= scale;
    }
    const BackendRun exact = run_backend(wanted, logits, temperatures);
    for (const double tolerance : {1e-9, 1e-6, 1e-5}) {
      wanted.tolerance = tolerance;
      const BackendRun loose = run_backend(wanted, logits, temperatures);
      wanted.tolerance = 1e-12;
      for (std::size_t t = 0; t < temperatures.size(); ++t) {
        EXPECT_NEAR(loose.metric("entropy")[t], exact.metric("entropy")[t], tolerance / ln_2) << scale;
        EXPECT_NEAR(loose.metric("heat_capacity")[t] / exact.metric("heat_capacity")[t], 1, 10 * tolerance)
            << scale;
      }
    }
  }
}

}  // namespace
}  // namespace tempsweep::testing
