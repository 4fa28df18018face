// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/stats/grid_verdict.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "tempsweep/math/draw_address.hpp"
#include "tempsweep/stats/resimulation.hpp"

#include "stats/uniformity.hpp"

namespace tempsweep {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

double uniform(std::uint64_t i, std::uint64_t seed = 0) {
  const auto word = point_stream(seed, 1, 2, Purpose::synthetic_input, i).word(0);
  return (static_cast<double>(word >> 11U) + 0.5) * 0x1p-53;
}

/// A point of 40 cells whose four tests have these p-values.
PointTests tests_with(double chi_square, double temperature = none, double top = none,
                      double residual = none) {
  PointTests tests;
  tests.log10_p = {std::log10(chi_square), std::log10(temperature), std::log10(top), std::log10(residual)};
  tests.chi_square_cells = 40;
  tests.chi_square_p = chi_square;
  tests.top_count_randomised = 0.5;
  return tests;
}

// scipy 1.17: kstwobign.sf.
TEST(Uniformity, limit_law) {
  EXPECT_NEAR(stats::kolmogorov_tail(0.5).p, 0.9639452436648751, 1e-14);
  EXPECT_NEAR(stats::kolmogorov_tail(1.0).p, 0.26999967167735456, 1e-14);
  EXPECT_NEAR(stats::kolmogorov_tail(2.0).p / 0.0006709252557796953, 1, 1e-12);
  EXPECT_NEAR(stats::kolmogorov_tail(2.9999).p / stats::kolmogorov_tail(3.0001).p, std::exp(2 * 6 * 0.0002),
              1e-5);
  EXPECT_NEAR(stats::kolmogorov_tail(40).log10_p, std::log10(2.0) - 3200 / std::log(10.0), 1e-10);
  EXPECT_EQ(stats::kolmogorov_tail(0).p, 1);
}

TEST(Uniformity, factor_of_stephens) {
  EXPECT_NEAR(stats::stephens_factor(25), 5.142, 1e-14);
}

TEST(Uniformity, distance_by_hand) {
  std::vector<double> p{0.9, 0.1, 0.35};
  EXPECT_NEAR(stats::distance_from_uniform(p), 2.0 / 3 - 0.35, 1e-15);
}

TEST(GridReferee, uniform_p_values_agree) {
  GridReferee referee(1e-3);
  for (std::uint64_t i = 0; i < 5000; ++i) {
    referee.add(i, tests_with(uniform(4 * i), uniform(4 * i + 1), uniform(4 * i + 2), uniform(4 * i + 3)));
  }
  const GridVerdict verdict = referee.verdict();
  EXPECT_FALSE(verdict.rejected());
  EXPECT_EQ(verdict.tests, 20000U);
  EXPECT_EQ(verdict.uniformity.used, 5000U);
  EXPECT_TRUE(verdict.uniformity.chi_square);
  for (const TestRates& rates : verdict.rates) {
    EXPECT_EQ(rates.tested, 5000U);
    EXPECT_NEAR(static_cast<double>(rates.rejected[0]), 250, 4 * std::sqrt(250.0));
    EXPECT_NEAR(static_cast<double>(rates.rejected[1]), 50, 4 * std::sqrt(50.0));
  }
  EXPECT_EQ(verdict.discoveries, 0U);
}

TEST(GridReferee, order_of_points_does_not_show) {
  std::vector<std::uint64_t> order(30000);
  for (std::size_t i = 0; i < order.size(); ++i) {
    order[i] = i;
  }
  std::vector<GridVerdict> verdicts;
  for (int round = 0; round < 2; ++round) {
    GridReferee referee(1e-3);
    for (const std::uint64_t i : order) {
      referee.add(i, tests_with(uniform(i)));
    }
    verdicts.push_back(referee.verdict());
    std::shuffle(order.begin(), order.end(), std::mt19937(7));
  }
  EXPECT_EQ(verdicts[0].uniformity.used, GridReferee::most_uniform);
  EXPECT_EQ(verdicts[0].uniformity.points, 30000U);
  EXPECT_EQ(verdicts[0].uniformity.distance, verdicts[1].uniformity.distance);
  EXPECT_EQ(verdicts[0].smallest.point, verdicts[1].smallest.point);
}

// The sample must not follow an axis: every 64th point is bad, a stride of 64 would see all or none.
TEST(GridReferee, sample_crosses_the_axes) {
  GridReferee referee(1e-3);
  for (std::uint64_t i = 0; i < 640000; ++i) {
    referee.add(i, tests_with(i % 64 == 0 ? 1e-3 : uniform(i)));
  }
  const double lambda = 1.0 / 64 * std::sqrt(10000.0);
  EXPECT_NEAR(referee.verdict().uniformity.distance, 1.0 / 64, 3.0 / 640 + 0.008);
  EXPECT_GT(lambda, 1);
}

TEST(GridReferee, shifted_p_values_are_rejected) {
  GridReferee referee(1e-3);
  for (std::uint64_t i = 0; i < 1000; ++i) {
    referee.add(i, tests_with(std::pow(uniform(i), 1.3)));
  }
  EXPECT_TRUE(referee.verdict().by_uniformity());
  EXPECT_FALSE(referee.verdict().by_point());
  EXPECT_FALSE(referee.doubtful());
}

TEST(GridReferee, few_cells_take_the_randomised_p) {
  GridReferee referee(1e-3);
  for (std::uint64_t i = 0; i < 500; ++i) {
    PointTests tests = tests_with(1);
    tests.chi_square_cells = 3;
    tests.top_count_randomised = uniform(i);
    referee.add(i, tests);
  }
  const Uniformity ks = referee.verdict().uniformity;
  EXPECT_FALSE(ks.chi_square);
  EXPECT_EQ(ks.used, 500U);
  EXPECT_GT(ks.p.p, 1e-3);
}

TEST(GridReferee, few_points_are_not_tested_for_uniformity) {
  GridReferee referee(1e-3);
  for (std::uint64_t i = 0; i < 19; ++i) {
    referee.add(i, tests_with(0.5));
  }
  EXPECT_EQ(referee.verdict().uniformity.used, 0U);
  EXPECT_EQ(referee.verdict().uniformity.points, 19U);
  referee.add(19, tests_with(0.5));
  EXPECT_EQ(referee.verdict().uniformity.used, 20U);
}

/// More doubtful findings than are kept: refuting those does not clear the others.
TEST(GridReferee, what_did_not_fit_stands) {
  GridReferee referee(1e-3);
  for (std::uint64_t i = 0; i < GridReferee::most_findings + 1; ++i) {
    referee.add(i, tests_with(1e-9));
  }
  for (std::uint64_t i = 100; i < 400; ++i) {
    referee.add(i, tests_with(uniform(i)));
  }
  while (const auto doubt = referee.doubtful()) {
    referee.settle(*doubt, {64, 20});
  }
  const GridVerdict verdict = referee.verdict();
  EXPECT_EQ(verdict.resimulated.size(), GridReferee::most_findings);
  EXPECT_EQ(verdict.smallest.point, GridReferee::most_findings);
  EXPECT_TRUE(verdict.by_point());
}

/// A stored p-value above 1 is nobody's, but must not end in a bin that there is none of.
TEST(GridReferee, takes_what_a_damaged_file_says) {
  GridReferee referee(1e-3);
  referee.add(0, tests_with(1e300));
  EXPECT_EQ(referee.verdict().tests, 1U);
}

TEST(GridReferee, bonferroni_over_all_tests) {
  GridReferee referee(1e-3);
  for (std::uint64_t i = 0; i < 99; ++i) {
    referee.add(i, tests_with(uniform(i) / 2 + 0.5, none, 0.7));
  }
  referee.add(99, tests_with(0.6, none, 2e-6));
  const GridVerdict verdict = referee.verdict();
  EXPECT_EQ(verdict.tests, 200U);
  EXPECT_EQ(verdict.smallest.point, 99U);
  EXPECT_EQ(verdict.smallest.test, TestKind::top_count);
  EXPECT_NEAR(verdict.smallest_adjusted_log10_p, std::log10(4e-4), 1e-12);
  EXPECT_TRUE(verdict.by_point());
  EXPECT_FALSE(referee.doubtful());  // an exact test needs no re-simulation
}

TEST(GridReferee, impossible_token_rejects_at_once) {
  GridReferee referee(1e-3);
  PointTests tests = tests_with(0.5);
  tests.impossible = true;
  referee.add(7, tests);
  referee.add(3, tests);
  EXPECT_TRUE(referee.verdict().rejected());
  EXPECT_EQ(referee.verdict().first_impossible, 3U);
  EXPECT_EQ(referee.verdict().impossible_points, 2U);
}

TEST(GridReferee, skipped_points_are_none) {
  GridReferee referee(1e-3);
  PointTests tests = tests_with(none);
  tests.top_count_randomised = none;
  referee.add(0, tests);
  EXPECT_EQ(referee.verdict().points, 0U);
  EXPECT_FALSE(referee.verdict().rejected());
}

// Against the procedure itself, sorted.
TEST(GridReferee, benjamini_hochberg) {
  GridReferee referee(1e-3);
  std::vector<double> p;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    p.push_back(i < 150 ? uniform(i) * 1e-4 : uniform(i));
    referee.add(i, tests_with(p.back()));
  }
  std::sort(p.begin(), p.end());
  std::size_t exact = 0;
  for (std::size_t k = 1; k <= p.size(); ++k) {
    exact = p[k - 1] <= 0.05 * static_cast<double>(k) / 2000 ? k : exact;
  }
  EXPECT_LE(referee.verdict().discoveries, exact);
  EXPECT_GE(referee.verdict().discoveries + 2, exact);
}

TEST(GridReferee, doubt_is_settled) {
  GridReferee referee(1e-3);
  referee.add(0, tests_with(1e-9));
  referee.add(1, tests_with(1e-7));
  ASSERT_TRUE(referee.doubtful());
  EXPECT_EQ(referee.doubtful()->point, 0U);
  referee.settle(*referee.doubtful(), {1000, 10});  // it was nothing: p 0.011
  ASSERT_TRUE(referee.doubtful());
  EXPECT_EQ(referee.doubtful()->point, 1U);
  referee.settle(*referee.doubtful(), {100000, 0});
  EXPECT_FALSE(referee.doubtful());
  EXPECT_TRUE(referee.verdict().rejected());
  EXPECT_EQ(referee.verdict().smallest.point, 1U);
  GridReferee other(1e-3);
  other.add(0, tests_with(1e-9));
  other.settle(*other.doubtful(), {1000, 10});
  EXPECT_FALSE(other.verdict().rejected());
  EXPECT_NEAR(other.verdict().smallest.log10_p, std::log10(11.0 / 1001), 1e-12);
}

TEST(PointTests, temperature_takes_the_larger_p_far_out) {
  const auto p_of = [](double score, double root) {
    return tests_of(StoredTests{40, 0.5, -0.3, score, root, -1, 0.5, -1}).log10_p[1];
  };
  EXPECT_EQ(p_of(-2, -1), -2);
  EXPECT_EQ(p_of(-9, -6), -6);
  EXPECT_EQ(p_of(-9, -12), -9);
  EXPECT_TRUE(std::isnan(p_of(none, none)));
}

TEST(PointTests, impossible_is_no_p_value) {
  const PointTests tests = tests_of(StoredTests{40, 0, -infinity, -3, -3, -infinity, 0.5, -infinity});
  EXPECT_TRUE(tests.impossible);
  EXPECT_TRUE(std::isnan(tests.log10_p[0]));
}

/// Two tokens, so that chi-square has few values and its p is known by the binomial law.
TEST(Resimulate, finds_the_true_p) {
  const std::vector<double> depth{0, std::log(3)};
  PointCase law;
  law.depth = depth;
  law.n = 40;
  const Replicate replicate = [](std::uint64_t r, int, std::span<std::uint64_t> counts) {
    std::uint64_t top = 0;
    for (std::uint64_t i = 0; i < 40; ++i) {
      top += uniform(r * 40 + i, 5) < 0.75 ? 1U : 0U;
    }
    counts[0] = top;
    counts[1] = 40 - top;
  };
  PointScratch scratch;
  const std::vector<std::uint64_t> seen{36, 4};
  law.counts = seen;
  const double log10_p = log10_p_of(TestKind::chi_square, law, scratch);
  // |top - 30| >= 6.
  const double truth = binomial_upper(36, 40, {0.75, 0.25}).p + binomial_lower(24, 40, {0.75, 0.25}).p;
  const Resimulation one = resimulate(TestKind::chi_square, log10_p, law, replicate, 1);
  EXPECT_GE(one.exceedances, enough_exceedances);
  EXPECT_NEAR(one.p() / truth, 1, 0.7);
  const Resimulation three = resimulate(TestKind::chi_square, log10_p, law, replicate, 3);
  EXPECT_EQ(one.replicates, three.replicates);
  EXPECT_EQ(one.exceedances, three.exceedances);
}

}  // namespace
}  // namespace tempsweep
