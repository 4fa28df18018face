// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "support/backend_run.hpp"

/// The metrics of the order where there is nothing to compute, and what may not change them.
namespace tempsweep::testing {
namespace {

using Counts = std::vector<std::int64_t>;

BackendRun run_ordering(const OrderingAxes& axes, const std::vector<double>& logits,
                        const std::vector<double>& temperatures) {
  Wanted wanted;
  wanted.ordering = axes;
  return run_backend(wanted, logits, temperatures);
}

TEST(OrderingEdges, TiedTopsShareEverythingAtZero) {
  const OrderingAxes axes{{0.2, 0.25, 0.26, 0.75, 1}, {1, 3, 4, 9}, {0, 0.5, 1}, {0, 0.25, 0.26, 1}};
  for (const double temperature : {0.0, 1e-320}) {
    const BackendRun run = run_ordering(axes, {1, 7, 7, -HUGE_VAL, 7, 6, 7}, {temperature});
    EXPECT_EQ(run.nucleus_size, (Counts{1, 1, 2, 3, 4}));
    EXPECT_EQ(run.top_k_mass, (std::vector<double>{0.25, 0.75, 1, 1}));
    EXPECT_EQ(run.min_p_survivors, (Counts{6, 4, 4}));
    EXPECT_EQ(run.tokens_above, (Counts{4, 0, 0, 0}));
  }
  EXPECT_EQ(run_ordering(axes, {1, 2, 3}, {0.0}).tokens_above, (Counts{1, 1, 1, 0}));
}

/// Zeros of both signs are ties; so many tokens are sorted by their bits.
TEST(OrderingEdges, SignsOfZeroChangeNothing) {
  std::vector<double> logits = normal_logits(3000, 3, 8);
  for (double& logit : logits) {
    logit = -1 - std::abs(logit);
  }
  logits[5] = logits[6] = logits[7] = 0.0;
  const BackendRun right = run_ordering(some_ordering(), logits, {0.0, 0.1, 1.0, 50.0});
  for (const std::size_t token : {5U, 7U}) {
    auto signs = logits;
    signs[token] = -0.0;
    EXPECT_TRUE(same_ordering(run_ordering(some_ordering(), signs, {0.0, 0.1, 1.0, 50.0}), right));
  }
}

/// Ten equal shares: levels are decimals, and nine tenths are 0.9.
TEST(OrderingEdges, UnmaskedTokensAreEqualAtInfinity) {
  const OrderingAxes axes{{0.1, 0.3, 0.7, 0.9, 0.95, 1}, {1, 9, 10, 11}, {0, 0.7, 1}, {0, 0.1, 0.11, 1}};
  const std::vector<double> spread = {3, -1, 4, -1, -5, 9, -2, 6, -HUGE_VAL, 5, 3};
  const std::vector<double> equal(10, 4.5);
  for (const auto& run : {run_ordering(axes, spread, {HUGE_VAL}), run_ordering(axes, equal, {0.7})}) {
    EXPECT_EQ(run.nucleus_size, (Counts{1, 3, 7, 9, 10, 10}));
    EXPECT_EQ(run.top_k_mass, (std::vector<double>{0.1, 0.9, 1, 1}));
    EXPECT_EQ(run.min_p_survivors, (Counts{10, 10, 10}));
    EXPECT_EQ(run.tokens_above, (Counts{10, 0, 0, 0})) << "a tenth is not above 0.1";
  }
  EXPECT_EQ(run_ordering(axes, spread, {1e25}).nucleus_size, (Counts{1, 3, 7, 9, 10, 10}));
}

TEST(OrderingEdges, OneTokenHoldsEverything) {
  const OrderingAxes axes{{0.5, 1}, {1, 7}, {0, 1}, {0, 0.5, 1}};
  for (const double logit : {-4.5, 0.0, 1e30}) {
    for (const double temperature : {0.0, 0.3, 1e9, HUGE_VAL}) {
      const BackendRun run = run_ordering(axes, {-HUGE_VAL, logit}, {temperature});
      EXPECT_EQ(run.nucleus_size, (Counts{1, 1}));
      EXPECT_EQ(run.top_k_mass, (std::vector<double>{1, 1}));
      EXPECT_EQ(run.min_p_survivors, (Counts{1, 1}));
      EXPECT_EQ(run.tokens_above, (Counts{1, 1, 0}));
    }
  }
}

/// Three tied tokens of probability 3/11 straddle the half; the mass of 1 takes what hardly exists, too.
TEST(OrderingEdges, TiesMayCrossTheBoundary) {
  const double third = std::log(3.0);
  const std::vector<double> logits = {0, third, -900, third, third, 0, -HUGE_VAL};
  const BackendRun run = run_ordering(
      {{0.27, 0.28, 0.5, 0.54, 0.55, 0.82, 0.91, 1}, {2, 5}, {0.3, 0.4, 1}, {0.09, 0.1}}, logits, {1.0});
  EXPECT_EQ(run.nucleus_size, (Counts{1, 2, 2, 2, 3, 4, 5, 6})) << "weights 3 3 3 1 1 of 11";
  EXPECT_NEAR(run.top_k_mass[0], 6.0 / 11, 1e-15);
  EXPECT_EQ(run.top_k_mass[1], 1);
  EXPECT_EQ(run.min_p_survivors, (Counts{5, 3, 3}));
  EXPECT_EQ(run.tokens_above, (Counts{5, 3}));
}

/// A token that is not alone has less than everything, however little the other one has.
TEST(OrderingEdges, OnlyOneTokenAloneHasEverything) {
  const OrderingAxes axes{{0.999999999999999, 1}, {}, {1}, {0.999999999999999, 1}};
  const BackendRun run = run_ordering(axes, {0, -900}, {1.0});
  EXPECT_EQ(run.nucleus_size, (Counts{1, 2}));
  EXPECT_EQ(run.min_p_survivors, (Counts{1}));
  EXPECT_EQ(run.tokens_above, (Counts{1, 0}));
}

TEST(OrderingEdges, ExtremeLogitsAndTemperatures) {
  const std::vector<double> logits = {1e308, -1e308, 1e308, 0, -HUGE_VAL};
  const OrderingAxes axes{{0.4, 0.9, 1}, {2, 4}, {1e-300, 1}, {1e-310, 0.3}};
  const BackendRun run = run_ordering(axes, logits, {1e-308, 1e-5, 1.0, 1e300});
  for (std::size_t t = 0; t < 4; ++t) {
    EXPECT_EQ(run.nucleus_size[3 * t], 1);
    EXPECT_EQ(run.nucleus_size[3 * t + 1], 2);
    EXPECT_EQ(run.nucleus_size[3 * t + 2], 4);
    EXPECT_EQ(run.top_k_mass[2 * t], 1);
    EXPECT_EQ(run.min_p_survivors[2 * t], 2);
    EXPECT_EQ(run.tokens_above[2 * t], 2);
  }
}

TEST(OrderingEdges, ARowThatIsNoLawIsMissing) {
  std::vector<double> logits = normal_logits(3 * 50, 2, 63);
  logits[60] = std::nan("");
  Wanted wanted;
  wanted.ordering = some_ordering();
  RunSetup setup;
  setup.rows = 3;
  const BackendRun run = run_backend(wanted, logits, {0.5, 2.0}, setup);
  const auto missing = [](auto value) {
    return value == missing_count || std::isnan(static_cast<double>(value));
  };
  const auto check = [&](const auto& values) {
    const auto third = static_cast<std::ptrdiff_t>(values.size() / 3);
    EXPECT_TRUE(std::none_of(values.begin(), values.begin() + third, missing));
    EXPECT_TRUE(std::all_of(values.begin() + third, values.begin() + 2 * third, missing));
    EXPECT_TRUE(std::none_of(values.begin() + 2 * third, values.end(), missing));
  };
  check(run.nucleus_size);
  check(run.top_k_mass);
  check(run.min_p_survivors);
  check(run.tokens_above);
}

const std::vector<double> temperatures = {0.0, 0.02, 0.5, 1.0, 3.0, 50.0, HUGE_VAL};

/// Multiples of 2^−8: shifting and doubling them rounds nothing.
std::vector<double> exact_logits(std::size_t count) {
  auto logits = normal_logits(count, 3, 64);
  for (double& logit : logits) {
    logit = std::nearbyint(256 * logit) / 256;
  }
  return logits;
}

TEST(OrderingSymmetry, ShiftScaleAndPermutation) {
  const auto logits = exact_logits(1500);
  const BackendRun plain = run_ordering(some_ordering(), logits, temperatures);
  std::vector<double> changed = logits;
  std::transform(logits.begin(), logits.end(), changed.begin(), [](double l) { return l + 4096; });
  EXPECT_TRUE(same_ordering(run_ordering(some_ordering(), changed, temperatures), plain));

  std::vector<double> hotter = temperatures;
  std::transform(logits.begin(), logits.end(), changed.begin(), [](double l) { return 4 * l; });
  std::transform(temperatures.begin(), temperatures.end(), hotter.begin(), [](double t) { return 4 * t; });
  EXPECT_TRUE(same_ordering(run_ordering(some_ordering(), changed, hotter), plain));

  changed = logits;
  std::shuffle(changed.begin(), changed.end(), std::mt19937_64(65));
  EXPECT_TRUE(same_ordering(run_ordering(some_ordering(), changed, temperatures), plain));
  changed.insert(changed.begin() + 700, 300, -HUGE_VAL);
  EXPECT_TRUE(same_ordering(run_ordering(some_ordering(), changed, temperatures), plain)) << "masked tokens";
}

TEST(OrderingSymmetry, HotterLawsNeedMoreTokens) {
  const auto logits = exact_logits(3000);
  std::vector<double> grid;
  for (int i = 1; i < 200; ++i) {
    grid.push_back(0.05 * i);
  }
  const OrderingAxes axes = some_ordering();
  const BackendRun run = run_ordering(axes, logits, grid);
  for (std::size_t t = 1; t < grid.size(); ++t) {
    for (std::size_t i = 0; i < axes.nucleus_masses.size(); ++i) {
      const std::size_t place = t * axes.nucleus_masses.size() + i;
      EXPECT_GE(run.nucleus_size[place], run.nucleus_size[place - axes.nucleus_masses.size()]);
      EXPECT_TRUE(i == 0 || run.nucleus_size[place] >= run.nucleus_size[place - 1]);
    }
    for (std::size_t i = 0; i < axes.top_k.size(); ++i) {
      const std::size_t place = t * axes.top_k.size() + i;
      EXPECT_LE(run.top_k_mass[place], run.top_k_mass[place - axes.top_k.size()] * (1 + 1e-14));
    }
  }
}

/// What else is asked for changes nothing.
TEST(OrderingSymmetry, LevelsAloneAndTogether) {
  const auto logits = normal_logits(2500, 2, 66);
  const OrderingAxes axes = some_ordering();
  const BackendRun all = run_ordering(axes, logits, temperatures);
  for (std::size_t i = 0; i < axes.nucleus_masses.size(); ++i) {
    const BackendRun one = run_ordering({{axes.nucleus_masses[i]}, {}, {}, {}}, logits, temperatures);
    for (std::size_t t = 0; t < temperatures.size(); ++t) {
      EXPECT_EQ(one.nucleus_size[t], all.nucleus_size[t * axes.nucleus_masses.size() + i]);
    }
  }
  for (std::size_t i = 0; i < axes.top_k.size(); ++i) {
    const BackendRun one = run_ordering({{}, {axes.top_k[i]}, {}, {}}, logits, temperatures);
    for (std::size_t t = 0; t < temperatures.size(); ++t) {
      EXPECT_EQ(one.top_k_mass[t], all.top_k_mass[t * axes.top_k.size() + i]);
    }
  }
}

}  // namespace
}  // namespace tempsweep::testing
