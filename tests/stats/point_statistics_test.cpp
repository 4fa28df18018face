// SPDX-License-Identifier: Apache-2.0
// Golden numbers: scipy 1.17 (binom, ncx2) and brute force over every outcome in 40 digits (mpmath).
#include "tempsweep/stats/point_statistics.hpp"

#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace tempsweep {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
using Counts = std::vector<std::uint64_t>;

PointStatistics judged(const std::vector<double>& depth, const Counts& counts, double beta,
                       std::vector<double> probability = {}) {
  PointScratch scratch;
  std::uint64_t n = 0;
  for (const std::uint64_t count : counts) {
    n += count;
  }
  return judge_point({depth, counts, beta, n, probability}, scratch);
}

LargestResidual residual_of(const std::vector<double>& expected, const std::vector<double>& observed,
                            std::uint64_t n) {
  ChiSquareScratch cells;
  cells.expected = expected;
  cells.observed = observed;
  return largest_residual(cells, n);
}

TEST(LargestResidual, smallest_binomial_p_times_cells) {
  const LargestResidual largest = residual_of({50, 30, 12, 8}, {40, 28, 12, 20}, 100);
  EXPECT_NEAR(largest.p.p / (4 * 0.0002313661916991937), 1, 1e-11);
  EXPECT_NEAR(largest.residual, 12 / std::sqrt(8 * 0.92), 1e-12);
}

// The largest |z| is not the smallest p: at small expectations a surplus is likelier than a deficit.
TEST(LargestResidual, is_not_the_largest_z) {
  const std::vector<double> expected{5, 400, 595};
  const std::vector<double> observed{14, 340, 646};
  const LargestResidual largest = residual_of(expected, observed, 1000);
  const double z0 = 9 / std::sqrt(5 * 0.995);
  EXPECT_GT(z0, std::abs(largest.residual));
  EXPECT_NEAR(largest.residual, -60 / std::sqrt(400 * 0.6), 1e-12);
  double best = 1;
  for (std::size_t i = 0; i < 3; ++i) {
    best =
        std::min(best, binomial_two_sided(observed[i], 1000, {expected[i] / 1000, 1 - expected[i] / 1000}).p);
  }
  EXPECT_EQ(largest.p.p, 3 * best);
}

TEST(LargestResidual, shortcuts_change_nothing) {
  for (int seed = 0; seed < 50; ++seed) {
    std::vector<double> expected(200, 50);
    std::vector<double> observed(200);
    PValue best{1, 0};
    for (std::size_t i = 0; i < 200; ++i) {
      expected[i] = 5 + static_cast<double>((i * 7919U + static_cast<unsigned>(seed)) % 191);
      const double noise = std::sin(static_cast<double>(i * 31 + 1) * (seed + 2.5)) * 3;
      observed[i] = std::max(0.0, std::round(expected[i] + noise * std::sqrt(expected[i])));
      const double p = expected[i] / 40000;
      const PValue here = binomial_two_sided(observed[i], 40000, {p, 1 - p});
      best = here.log10_p < best.log10_p ? here : best;
    }
    EXPECT_EQ(residual_of(expected, observed, 40000).p.log10_p, scaled(best, 200).log10_p);
  }
}

/// Small and large cells, one that holds most, counts of the law and of a wrong one: the estimate puts the
/// right cell among the first.
TEST(LargestResidual, is_the_smallest_exact_p_of_all_cells) {
  std::mt19937_64 random(11);
  for (int trial = 0; trial < 400; ++trial) {
    const std::size_t k = 2 + random() % 60;
    std::vector<double> expected(k);
    for (double& e : expected) {
      e = 5 * std::exp(static_cast<double>(random() % 1000) / (trial % 2 == 0 ? 150 : 1500));
    }
    const double n = std::round(std::accumulate(expected.begin(), expected.end(), 0.0));
    std::vector<double> observed(k);
    PValue best{1, 0};
    for (std::size_t i = 0; i < k; ++i) {
      observed[i] = static_cast<double>(
          std::poisson_distribution<std::int64_t>(expected[i] * (trial % 5 == 0 ? 1.2 : 1))(random));
      double others = 0;
      for (std::size_t j = 0; j < k; ++j) {
        others += j == i ? 0 : expected[j];
      }
      const double p = expected[i] / n;
      const Chance chance = p < 0.5 ? Chance{p, (n - expected[i]) / n} : Chance{p, others / n};
      const PValue here = binomial_two_sided(std::min(observed[i], n), n, chance);
      observed[i] = std::min(observed[i], n);
      best = here.log10_p < best.log10_p ? here : best;
    }
    const double found = residual_of(expected, observed, static_cast<std::uint64_t>(n)).p.log10_p;
    EXPECT_NEAR(found, scaled(best, static_cast<double>(k)).log10_p, 1e-10) << trial;
  }
}

TEST(LargestResidual, one_cell_is_no_test) {
  EXPECT_TRUE(std::isnan(residual_of({100}, {100}, 100).p.p));
}

TEST(Divergence, by_hand) {
  const double bits = 0.75 * std::log2(0.75 / 0.5) + 0.25 * std::log2(0.25 / 0.5);
  EXPECT_NEAR(judged({0, 0}, {3, 1}, 1).empirical_kl_divergence, bits, 1e-15);
  EXPECT_NEAR(judged({0, std::numbers::ln2, std::numbers::ln2}, {4, 0, 0}, 1).empirical_kl_divergence, 1,
              1e-15);
  EXPECT_EQ(judged({0, infinity}, {3, 1}, 1).empirical_kl_divergence, infinity);
}

// f - p = 1e-9: f log2(f/p) summed plainly would keep no digit of the 1e-18.
TEST(Divergence, does_not_cancel) {
  const std::uint64_t n = 1000000000000U;
  const double kl = judged({0, 0}, {n / 2 + 1000, n / 2 - 1000}, 1).empirical_kl_divergence;
  EXPECT_NEAR(kl / (2 * 1e-18 / std::numbers::ln2), 1, 1e-9);
}

TEST(Power, non_central_chi_square_of_scipy) {
  power::NonCentralities known;
  EXPECT_NEAR(power::total_variation(10, 100000, known), std::sqrt(15.64979789518821 / 1e5) / 2, 1e-12);
  EXPECT_NEAR(power::total_variation(1000, 1000000, known), std::sqrt(116.62274207036289 / 1e6) / 2, 1e-10);
  EXPECT_NEAR(power::total_variation(32000, 100000000, known), std::sqrt(634.5347523051639 / 1e8) / 2, 1e-9);
  EXPECT_EQ(power::total_variation(10, 3, known), 1);
  EXPECT_TRUE(std::isnan(power::total_variation(1, 100, known)));
}

TEST(Power, temperature_error_of_a_known_heat_capacity) {
  std::vector<double> storage;
  const double c = std::pow(std::numbers::ln2, 2) * 2 / 9;  // p = 2/3, 1/3
  const auto law = make_point_law(std::vector<double>{0, std::numbers::ln2}, 1, storage);
  EXPECT_NEAR(power::temperature_error(law.beta, law.variance, 10000),
              std::sqrt(7.848879734349089 / (c * 10000)), 1e-12);
}

TEST(RankSwap, every_outcome) {
  EXPECT_NEAR(rank_swap_probability(0.5, 0.25, 10) / 0.17555761337280273, 1, 1e-12);
  EXPECT_NEAR(rank_swap_probability(0.5, 0.25, 60) / 0.010954203689879659, 1, 1e-12);
  EXPECT_NEAR(rank_swap_probability(0.75, 0.25, 41) / 0.00027424834114745807, 1, 1e-12);
  EXPECT_NEAR(rank_swap_probability(0.03, 0.01, 100) / 0.15870736567043822, 1, 1e-12);
}

TEST(RankSwap, edges) {
  EXPECT_EQ(rank_swap_probability(0.5, 0.5, 100), 0.5);
  EXPECT_EQ(rank_swap_probability(0.5, 0.0, 100), 0);
  EXPECT_EQ(rank_swap_probability(0.5, 0.1, 0), 0.5);
  EXPECT_NEAR(rank_swap_probability(0.5, 0.1, 1), 0.4 / 2 + 0.1,
              1e-15);  // tie of nothing drawn, and the rival
  EXPECT_NEAR(rank_swap_probability(0.9, 1e-3, 100000), 0, 1e-300);
}

TEST(RankSwap, saddlepoint_goes_on_where_the_sum_ends) {
  const auto log_of = [](double draws) {
    return std::log(rank_swap_probability(0.3001, 0.3, static_cast<std::uint64_t>(draws)));
  };
  // Normal approximation of a difference of counts, with its continuity: the two methods on either side.
  for (const double draws : {1e9, 1e10, 2e10}) {
    const double z = 1e-4 * std::sqrt(draws / 0.6001);
    EXPECT_NEAR(log_of(draws), std::log(std::erfc(z / std::numbers::sqrt2) / 2), 2e-3) << draws;
  }
}

TEST(RankSwap, union_bound_holds) {
  std::vector<double> storage;
  const auto law = make_point_law(std::vector<double>{0, 1, 1.5}, 1, storage);
  const double bound = any_rank_swap_bound(law, 50);
  EXPECT_GT(bound, rank_swap_probability(storage[0], storage[1], 50) +
                       rank_swap_probability(storage[0], storage[2], 50));
  EXPECT_LT(bound, 0.2);
  EXPECT_EQ(any_rank_swap_bound(law, 1), 1);
}

TEST(JudgePoint, top_group_without_cancellation) {
  const PointStatistics point = judged({0, 50}, {999999, 1}, 1);  // p' = e^-50, n p' = 2e-16
  EXPECT_NEAR(point.top_count.log10_p, std::log10(2e6 * std::exp(-50)), 1e-9);
  EXPECT_NEAR(point.mean_surprisal, 50e-6 / std::numbers::ln2, 1e-15);
}

TEST(JudgePoint, zero_temperature) {
  const PointStatistics right = judged({0, 0, 1, 2}, {6, 4, 0, 0}, infinity);
  EXPECT_EQ(right.top_count.p, 1);
  EXPECT_EQ(right.mean_surprisal, 1);
  EXPECT_NEAR(right.chi_square.statistic, 0.4, 1e-14);
  EXPECT_EQ(right.temperature.effective_temperature, 0);
  const PointStatistics wrong = judged({0, 0, 1, 2}, {6, 3, 1, 0}, infinity);
  EXPECT_EQ(wrong.chi_square.log10_p, -infinity);
  EXPECT_EQ(wrong.empirical_kl_divergence, infinity);
  EXPECT_EQ(wrong.mean_surprisal, infinity);
  EXPECT_GT(wrong.temperature.effective_temperature, 0);
}

TEST(JudgePoint, what_cannot_be_drawn) {
  for (const double beta : {0.0, 1.0}) {
    const PointStatistics point = judged({0, 1, infinity}, {5, 4, 1}, beta);
    EXPECT_EQ(point.chi_square.log10_p, -infinity);
    EXPECT_EQ(point.mean_surprisal, infinity);
    EXPECT_TRUE(std::isfinite(point.temperature.effective_temperature));
  }
}

TEST(JudgePoint, a_tables_own_law) {
  const std::vector<double> depth{0, 1, 2};
  const PointStatistics own = judged(depth, {700, 200, 100}, 1, {0.7, 0.2, 0.1});
  EXPECT_NEAR(own.chi_square.statistic, 0, 1e-25);
  EXPECT_NEAR(own.temperature.z, 0, 1e-12);
  EXPECT_GT(judged(depth, {700, 200, 100}, 1).chi_square.statistic, 1);
}

TEST(JudgePoint, refuses_what_it_cannot_judge) {
  EXPECT_THROW(judged({0, 1}, {1}, 1), std::invalid_argument);
  EXPECT_THROW(judged({1, 2}, {1, 1}, 1), std::invalid_argument);
  EXPECT_THROW(judged({}, {}, 1), std::invalid_argument);
}

}  // namespace
}  // namespace tempsweep
