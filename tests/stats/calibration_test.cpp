// SPDX-License-Identifier: Apache-2.0
// The right sampler passes at the stated rates over fixed seeds: alias tables of several laws against the
// analytic law.
#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "tempsweep/math/alias_draw.hpp"
#include "tempsweep/math/exp2.hpp"
#include "tempsweep/stats/point_statistics.hpp"

namespace tempsweep {
namespace {

constexpr int seeds = 600;

std::vector<double> normal_depths(std::size_t size, double sigma) {
  std::vector<double> depth(size);
  for (std::size_t i = 0; i < size; ++i) {  // quantiles of a logistic law: close to normal, and fixed
    const double u = (static_cast<double>(i) + 0.5) / static_cast<double>(size);
    depth[i] = sigma * std::log((1 - u) / u) / 1.8;
  }
  std::transform(depth.begin(), depth.end(), depth.begin(), [top = depth[0]](double l) { return top - l; });
  std::sort(depth.begin(), depth.end());
  return depth;
}

std::vector<double> zipf_depths(std::size_t size) {
  std::vector<double> depth(size);
  for (std::size_t i = 0; i < size; ++i) {
    depth[i] = 1.07 * std::log(static_cast<double>(i + 1));
  }
  return depth;
}

/// Kolmogorov-Smirnov distance from uniformity times Stephens' factor.
double lambda_of(std::vector<double> p) {
  std::sort(p.begin(), p.end());
  const auto n = static_cast<double>(p.size());
  double distance = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const auto rank = static_cast<double>(i);
    distance = std::max({distance, p[i] - rank / n, (rank + 1) / n - p[i]});
  }
  return distance * (std::sqrt(n) + 0.12 + 0.11 / std::sqrt(n));
}

struct Judged {
  std::vector<double> chi_square, score, root, residual, top, randomised;
  double cells = 0;
};

/// `drawn_at`: the sampler's beta, `beta` the claim.
Judged judge(const std::vector<double>& depth, double beta, double drawn_at, std::uint64_t n) {
  std::vector<double> weights(depth.size());
  std::transform(depth.begin(), depth.end(), weights.begin(),
                 [&](double d) { return table_weight(d, drawn_at); });
  AliasScratch alias_scratch;
  AliasTable table;
  build_alias_table(weights, alias_scratch, table);
  PointScratch scratch;
  Judged out;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    std::vector<std::uint64_t> counts(depth.size(), 0);
    const auto size = static_cast<std::uint32_t>(depth.size());
    draw_counts(point_stream(seed, 1.0, size, Purpose::alias, 0), n, table, counts.data());
    const auto word = point_stream(seed, 1.0, size, Purpose::randomised_p, 0).word(0);
    const double uniform = (static_cast<double>(word >> 11U) + 0.5) * 0x1p-53;
    const PointStatistics point = judge_point({depth, counts, beta, n, {}, uniform}, scratch);
    out.cells = point.chi_square.dof + 1;
    out.chi_square.push_back(point.chi_square.p_value);
    out.score.push_back(point.temperature.score_p.p);
    out.root.push_back(point.temperature.root_p.p);
    out.residual.push_back(point.residual.p.p);
    out.top.push_back(point.top_count.p);
    out.randomised.push_back(point.top_count_randomised);
  }
  return out;
}

std::ptrdiff_t below(const std::vector<double>& p, double level) {
  return std::count_if(p.begin(), p.end(), [level](double x) { return x < level; });
}

/// Within 4 standard deviations of the nominal rate at 5 %.
void expect_nominal(const std::vector<double>& p) {
  EXPECT_NEAR(static_cast<double>(below(p, 0.05)), 0.05 * seeds, 4 * std::sqrt(0.05 * 0.95 * seeds));
}

struct Case {
  std::vector<double> depth;
  double beta;
  std::uint64_t n;
};

std::vector<Case> cases() {
  return {{normal_depths(1000, 3), 1, 10000},
          {normal_depths(200, 1), 0.3, 2000},
          {zipf_depths(1000), 1, 10000},
          {normal_depths(50, 4), 2, 3000}};
}

TEST(Calibration, p_values_of_the_right_sampler) {
  for (const Case& point : cases()) {
    const Judged judged = judge(point.depth, point.beta, point.beta, point.n);
    // Over two cells chi-square has few values: no Kolmogorov-Smirnov test below 30 of them.
    if (judged.cells >= 30) {
      EXPECT_LT(lambda_of(judged.chi_square), 1.95) << point.depth.size();  // 0.1 %
    } else {
      EXPECT_GT(lambda_of(judged.chi_square), 3) << point.depth.size();
    }
    EXPECT_LT(lambda_of(judged.score), 1.95) << point.depth.size();
    EXPECT_LT(lambda_of(judged.root), 1.95) << point.depth.size();
    EXPECT_LT(lambda_of(judged.randomised), 1.95) << point.depth.size();
    expect_nominal(judged.chi_square);
    expect_nominal(judged.score);
    expect_nominal(judged.root);
    // Discrete or adjusted: at most the nominal rate.
    EXPECT_LT(below(judged.top, 0.05), 0.05 * seeds + 4 * std::sqrt(0.0475 * seeds));
    EXPECT_LT(below(judged.residual, 0.05), 0.05 * seeds + 4 * std::sqrt(0.0475 * seeds));
    EXPECT_GT(below(judged.residual, 0.05), 0);
  }
}

// The randomised p-value is exact where every other one is not.
TEST(Calibration, randomised_p_is_uniform_on_a_few_cells) {
  EXPECT_LT(lambda_of(judge({0, 3}, 1, 1, 20).randomised), 1.95);
  EXPECT_GT(lambda_of(judge({0, 3}, 1, 1, 20).top), 5);
}

// Four times in five at n = 7.85/(C e^2); more rarely by chi-square.
TEST(Calibration, stated_power_is_had) {
  const std::vector<double> depth = normal_depths(500, 3);
  std::vector<double> storage;
  const auto law = make_point_law(depth, 1, storage);
  const double error = power::temperature_error(law.beta, law.variance, 20000);
  const Judged judged = judge(depth, 1, 1 / (1 + error), 20000);
  EXPECT_NEAR(static_cast<double>(below(judged.score, 0.05)), 0.8 * seeds, 4 * std::sqrt(0.16 * seeds));
  EXPECT_LT(below(judged.chi_square, 0.05), 0.6 * seeds);
}

}  // namespace
}  // namespace tempsweep
