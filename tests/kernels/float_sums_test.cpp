// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "tempsweep/math/log16.hpp"

#include "backend/cpu/cpu_backend.hpp"
#include "kernels/body/merge_f32.hpp"
#include "kernels/device_memory.hpp"
#include "support/backend_run.hpp"

/// Float sums: what they promise, against double precision.
namespace tempsweep::testing {
namespace {

constexpr double u = 0x1p-24;

struct FloatRun {
  std::vector<RestSums> sums;
  std::vector<std::uint8_t> failed;
};

/// \tparam Direct  DirectF32 or DirectF32Mixed
template <class Direct = kernels::DirectF32>
FloatRun run_float(const std::vector<double>& depths, const RowScan& scan, const std::vector<double>& betas,
                   double tolerance) {
  const auto runtime = kernels::make_host_runtime();
  DeviceMemory memory(*runtime);
  std::vector<float> narrow(static_cast<std::size_t>(kernels::round_up(std::ssize(depths), 512)), -1e18F);
  std::transform(depths.begin(), depths.end(), narrow.begin(),
                 [](double y) { return static_cast<float>(-y); });
  std::vector<float> scales;
  for (const double beta : betas) {
    scales.push_back(
        static_cast<float>(sum_scale(std::clamp(beta, kernels::least_float_beta, kernels::most_float_beta))));
  }
  Direct direct{};
  direct.depths = memory.put(narrow);
  direct.rows = 1;
  direct.columns = std::ssize(depths);
  direct.stride = std::ssize(narrow);
  direct.scans = memory.put(std::vector<RowScan>{scan});
  direct.scales = memory.put(scales);
  direct.temperatures = std::ssize(betas);
  direct.parts = memory.make<PartialSums>(static_cast<std::size_t>(direct.slices()) * betas.size());
  kernels::MergeF32 merge{direct.parts,
                          1,
                          direct.temperatures,
                          direct.scans,
                          memory.put(betas),
                          direct.scales,
                          tolerance,
                          memory.make<RestSums>(betas.size()),
                          memory.make<std::uint8_t>(betas.size())};
  must(runtime->launch(direct, nullptr));
  must(runtime->launch(merge, nullptr));
  return {memory.get(merge.sums, betas.size()), memory.get(merge.failed, betas.size())};
}

/// Sums by the definition, in long double.
RestSums exact(const std::vector<double>& depths, double beta) {
  long double z = 0;
  long double s = 0;
  long double q = 0;
  for (const double y : depths) {
    const long double w = std::exp(-static_cast<long double>(beta) * static_cast<long double>(y));
    z += w;
    s += w * static_cast<long double>(y);
  }
  const long double mean = s / z;
  for (const double y : depths) {
    const long double offset = static_cast<long double>(y) - mean;
    q += std::exp(-static_cast<long double>(beta) * static_cast<long double>(y)) * offset * offset;
  }
  return {static_cast<double>(z), static_cast<double>(mean), static_cast<double>(q / z), 0};
}

struct Corpus {
  std::vector<double> depths;
  RowScan scan;
};

/// Rows of many shapes, their depths from 0 on.
Corpus random_row(unsigned seed) {
  std::mt19937_64 engine(seed);
  std::uniform_real_distribution<double> uniform(0, 1);
  Corpus row;
  row.depths.resize(1 + engine() % 6000);
  const double width = std::exp2(12 * uniform(engine) - 4);
  const int shape = static_cast<int>(seed % 5);
  std::normal_distribution<double> normal(0, width);
  for (double& y : row.depths) {
    const double x = uniform(engine);
    y = shape == 0   ? std::abs(normal(engine))
        : shape == 1 ? width * x
        : shape == 2 ? -width * std::log(x + 1e-12)
        : shape == 3 ? std::nearbyint(8 * width * x) / 8
                     : (x < 0.5 ? width : 0) + 1e-3 * x;
  }
  row.depths[0] = 0;
  row.scan.ties = 1;
  row.scan.unmasked = std::ssize(row.depths) + 1;
  row.scan.maximum = 3 * uniform(engine);
  row.scan.deepest = -*std::max_element(row.depths.begin(), row.depths.end());
  return row;
}

template <class Direct>
void expect_stated_errors() {
  const std::vector<double> betas = {0.01, 0.1, 0.5, 1.0, 2.0, 7.0, 30.0};
  double worst_weight = 0;
  double worst_mean = 0;
  double worst_variance = 0;
  for (unsigned seed = 0; seed < 120; ++seed) {
    const Corpus row = random_row(seed);
    const FloatRun run = run_float<Direct>(row.depths, row.scan, betas, 1e-5);
    for (std::size_t t = 0; t < betas.size(); ++t) {
      const double beta = betas[t];
      const RestSums& sums = run.sums[t];
      if (!(beta * std::sqrt(sums.variance) > 1e-6)) {
        EXPECT_EQ(run.failed[t], 1);
        continue;
      }
      const RestSums reference = exact(row.depths, beta);
      const SumErrors stated = kernels::float_errors(beta, sums);
      const double weight = std::abs(sums.weight / reference.weight - 1) / stated.log_weight;
      const double mean = beta * std::abs(sums.depth - reference.depth) / stated.mean;
      const double variance = beta * beta * std::abs(sums.variance - reference.variance) / stated.variance;
      EXPECT_LE(weight, 1) << "seed " << seed << " beta " << beta;
      EXPECT_LE(mean, 1) << "seed " << seed << " beta " << beta;
      EXPECT_LE(variance, 1) << "seed " << seed << " beta " << beta;
      worst_weight = std::max(worst_weight, weight);
      worst_mean = std::max(worst_mean, mean);
      worst_variance = std::max(worst_variance, variance);
    }
  }
  std::printf("%s: worst error as a share of what is stated: ln Z %.2f, mean %.2f, variance %.2f\n",
              Direct::name, worst_weight, worst_mean, worst_variance);
}

TEST(FloatSums, ErrAtMostByWhatTheyState) {
  expect_stated_errors<kernels::DirectF32>();
  expect_stated_errors<kernels::DirectF32Mixed>();
}

/// Eight temperatures share the work; of masked and far tokens nothing may be left by either way.
TEST(FloatSums, GiveNothingToTokensBelowTheFloatRange) {
  std::vector<double> depths(600, 1e18);
  for (std::size_t i = 0; i < 40; ++i) {
    depths[i] = 0.03 * static_cast<double>(i);
  }
  RowScan scan;
  scan.ties = 1;
  scan.unmasked = std::ssize(depths) + 1;
  scan.deepest = -1e18;
  const std::vector<double> betas = {0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1e9};
  const FloatRun plain = run_float<kernels::DirectF32>(depths, scan, betas, 1e-5);
  const FloatRun mixed = run_float<kernels::DirectF32Mixed>(depths, scan, betas, 1e-5);
  int different = 0;
  for (std::size_t t = 0; t < betas.size(); ++t) {
    const RestSums reference = exact(depths, betas[t]);
    for (const FloatRun& run : {plain, mixed}) {
      EXPECT_NEAR(run.sums[t].weight, reference.weight, 1e-5);
      EXPECT_NEAR(run.sums[t].depth, reference.depth, 1e-6);
      EXPECT_NEAR(run.sums[t].variance, reference.variance, 1e-6);
    }
    different += mixed.sums[t].weight != plain.sums[t].weight ? 1 : 0;
  }
  EXPECT_GT(different, 0) << "both ways are the same";
}

TEST(FloatSums, AreRefusedWhereTheToleranceIsTight) {
  const Corpus row = random_row(1);
  for (const std::uint8_t failed : run_float(row.depths, row.scan, {0.5, 1.0}, 1e-7).failed) {
    EXPECT_EQ(failed, 1);
  }
}

TEST(FloatSums, AreRefusedOutsideTheirRange) {
  const Corpus row = random_row(2);
  const FloatRun run = run_float(row.depths, row.scan, {0.0, 1e-16, 1e31, HUGE_VAL}, 1e-5);
  EXPECT_EQ(run.failed, (std::vector<std::uint8_t>{1, 1, 1, 0})) << "the limit T = 0 has no sums";
  EXPECT_EQ(run.sums[3].weight, 0);
}

Wanted want_defaults(double tolerance) {
  Wanted wanted;
  for (MetricId id = 0; id < metric_count; ++id) {
    if (metric_table[id].by_default) {
      wanted.metrics.push_back(id);
    }
  }
  wanted.tolerance = tolerance;
  return wanted;
}

/// The whole backend at a loose tolerance, against the CPU in double precision.
TEST(FloatSums, KeepTheToleranceOfTheSweep) {
  std::vector<double> temperatures;
  for (int t = 0; t < 24; ++t) {
    temperatures.push_back(0.02 * std::pow(1.45, t));
  }
  int by_float = 0;
  int points = 0;
  for (const double tolerance : {4e-6, 1e-5}) {
    for (const double deviation : {0.3, 1.0, 3.0, 8.0}) {
      const auto logits = normal_logits(5000, deviation, 17);
      const BackendRun loose = run_backend(want_defaults(tolerance), logits, temperatures);
      const BackendRun tight = run_backend(want_defaults(1e-12), logits, temperatures);
      EXPECT_LE(loose.bounds[0].entropy, tolerance);
      EXPECT_GT(loose.bounds[0].entropy, 1e-7);  // some point was left to float
      EXPECT_LT(tight.bounds[0].entropy, 1e-12);
      for (std::size_t t = 0; t < temperatures.size(); ++t) {
        const double entropy = tight.metric("entropy")[t];
        EXPECT_NEAR(loose.metric("entropy")[t], entropy, tolerance / ln_2);
        EXPECT_NEAR(loose.metric("log_partition")[t], tight.metric("log_partition")[t], tolerance);
        const double variance = tight.metric("logit_variance")[t];
        EXPECT_NEAR(loose.metric("logit_variance")[t], variance, 10 * tolerance * variance);
        by_float += loose.metric("entropy")[t] != entropy ? 1 : 0;
        ++points;
      }
    }
  }
  std::printf("%d of %d points were left to float\n", by_float, points);
  EXPECT_GT(by_float, points / 4);
  EXPECT_LT(by_float, points) << "the coldest points need double precision";
}

/// Squares of tiny depths leave the float range: such rows must be left to double.
TEST(FloatSums, KeepItWhateverTheScaleOfTheLogits) {
  for (const double scale : {1e-30, 1e-22, 1e-18, 1e-10, 1e-6, 1e6, 1e12, 1e20}) {
    auto logits = normal_logits(2048, 2, 19);
    std::vector<double> temperatures = {0.5, 1.0, 3.0};
    for (double& logit : logits) {
      logit *= scale;
    }
    for (double& temperature : temperatures) {
      temperature *= scale;
    }
    const BackendRun loose = run_backend(want_defaults(1e-5), logits, temperatures);
    const BackendRun tight = run_backend(want_defaults(1e-12), logits, temperatures);
    for (std::size_t t = 0; t < temperatures.size(); ++t) {
      EXPECT_NEAR(loose.metric("entropy")[t], tight.metric("entropy")[t], 1e-5 / ln_2) << scale;
      EXPECT_NEAR(loose.metric("heat_capacity")[t] / tight.metric("heat_capacity")[t], 1, 1e-4) << scale;
    }
  }
}

TEST(FloatSums, AreNotUsedAtTheDefaultTolerance) {
  const auto logits = normal_logits(3000, 3, 18);
  const std::vector<double> temperatures = {0.1, 1.0, 4.0};
  Wanted wanted = want_defaults(1e-12);
  const BackendRun run = run_backend(wanted, logits, temperatures);
  wanted.tolerance = 2.9e-6;
  EXPECT_TRUE(same_bits(run_backend(wanted, logits, temperatures), run));
}

}  // namespace
}  // namespace tempsweep::testing
