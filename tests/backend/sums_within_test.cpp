// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include <gtest/gtest.h>

#include "backend/cpu/sum_paths.hpp"
#include "support/backend_run.hpp"
#include "support/rest_corpus.hpp"

/// Which way to a row's sums is taken at a tolerance.
namespace tempsweep::testing {
namespace {

using cpu::SumPath;

const std::vector<double> every_beta = {0.0, 1e-9, 1e-4, 0.01, 0.1, 0.5, 1.0, 2.0, 7.0, 30.0, 4000.0, 1e9};

RestSums alone(const RestCorpus& row, double beta, double tolerance) {
  RestSums sums;
  SumErrors errors;
  cpu::sums_within(row.scan, row.rest(), std::span(&beta, 1), false, tolerance, std::span(&sums, 1),
                   std::span(&errors, 1));
  return sums;
}

TEST(SumsWithin, APointDependsOnNothingAroundIt) {
  for (const double tolerance : {1e-12, 1e-9, 1e-6, 1e-5}) {
    for (unsigned seed = 0; seed < 2 * shapes; ++seed) {
      const RestCorpus row = random_row(seed, 5000);
      std::vector<RestSums> together(every_beta.size());
      std::vector<SumErrors> errors(every_beta.size());
      cpu::sums_within(row.scan, row.rest(), every_beta, false, tolerance, together, errors);
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
    RestCorpus row;
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
    std::vector<SumErrors> errors(betas.size());
    cpu::sums_within(row.scan, row.rest(), betas, false, tolerance, within, errors);
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
  const RestCorpus none;
  std::vector<RestSums> sums(2, RestSums{9, 9, 9, 9});
  std::vector<SumErrors> errors(2);
  const std::vector<double> betas = {1, 2};
  cpu::sums_within(none.scan, {}, betas, true, 1e-5, sums, errors);
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
