// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "support/backend_run.hpp"
#include "support/quad_law.hpp"

namespace tempsweep::testing {
namespace {

const std::vector<double> temperatures = {0.01, 0.05, 0.3, 0.9, 1.0, 1.1, 3.0, 100.0};
const std::vector<double> orders = {0, 0.25, 0.5, 0.999, 1, 1.01, 2, 3, 10, HUGE_VAL};

/// The closer an order is to 1 the more its formula cancels; a series takes over, and no order is far off.
TEST(Divergence, RenyiEntropyIsSmoothAtOne) {
  Wanted wanted;
  wanted.renyi_orders = {1 - 2e-5, 1 - 9e-6, 1 - 1e-12, 1 + 1e-12, 1 + 9e-6, 1 + 2e-5};
  const auto logits = normal_logits(400, 2.5, 9);
  const BackendRun run = run_backend(wanted, logits, temperatures);
  for (std::size_t t = 0; t < temperatures.size(); ++t) {
    const QuadLaw law(logits, temperatures[t]);
    for (std::size_t k = 0; k < wanted.renyi_orders.size(); ++k) {
      EXPECT_NEAR(run.renyi[t * wanted.renyi_orders.size() + k], law.renyi_bits(wanted.renyi_orders[k]), 2e-9)
          << "order 1 + " << wanted.renyi_orders[k] - 1 << " T " << temperatures[t];
    }
  }
}

TEST(Divergence, RenyiEntropyAgreesWithQuad) {
  Wanted wanted;
  wanted.renyi_orders = orders;
  for (const unsigned seed : {1U, 2U, 3U}) {
    const auto logits = normal_logits(400 * seed, 2.5, seed);
    const BackendRun run = run_backend(wanted, logits, temperatures);
    for (std::size_t t = 0; t < temperatures.size(); ++t) {
      const QuadLaw law(logits, temperatures[t]);
      for (std::size_t k = 0; k < orders.size(); ++k) {
        const double value = run.renyi[t * orders.size() + k];
        const double reference = orders[k] == 1          ? law.entropy_bits()
                                 : std::isinf(orders[k]) ? law.min_entropy_bits()
                                 : orders[k] == 0        ? std::log2(static_cast<double>(logits.size()))
                                                         : law.renyi_bits(orders[k]);
        EXPECT_NEAR(value, reference, 1e-12) << "order " << orders[k] << " T " << temperatures[t];
        EXPECT_TRUE(k == 0 || value <= run.renyi[t * orders.size() + k - 1] + 1e-12)
            << "falls with the order";
      }
    }
  }
}

TEST(Divergence, RenyiEntropyOfOrderTwoIsTheCollisions) {
  Wanted wanted = want_metrics();
  wanted.renyi_orders = {2, 1};
  const BackendRun run = run_backend(wanted, normal_logits(900, 3, 5), temperatures);
  for (std::size_t t = 0; t < temperatures.size(); ++t) {
    EXPECT_NEAR(run.renyi[2 * t], -std::log2(run.metric("collision_probability")[t]), 1e-13);
    EXPECT_EQ(run.renyi[2 * t + 1], run.metric("entropy")[t]);
  }
}

TEST(Divergence, MaskedTokensAreNoSupport) {
  Wanted wanted;
  wanted.renyi_orders = {0};
  const BackendRun run = run_backend(wanted, {1, -HUGE_VAL, 2, -HUGE_VAL, 0}, {0.0, 1.0, HUGE_VAL});
  EXPECT_EQ(run.renyi[0], 0) << "one token is left at T = 0";
  EXPECT_DOUBLE_EQ(run.renyi[1], std::log2(3.0));
  EXPECT_DOUBLE_EQ(run.renyi[2], std::log2(3.0));
}

TEST(Divergence, FromUnitTemperature) {
  for (const unsigned seed : {7U, 8U}) {
    const auto logits = normal_logits(1000, 3, seed);
    const BackendRun run = run_backend(want_metrics(), logits, temperatures);
    const QuadLaw unit(logits, 1);
    for (std::size_t t = 0; t < temperatures.size(); ++t) {
      const double reference = QuadLaw(logits, temperatures[t]).divergence_from(unit);
      const double value = run.metric("kl_from_unit_temperature")[t];
      EXPECT_NEAR(value, reference, 2e-14 + 1e-14 * reference) << temperatures[t];
      EXPECT_GE(value, 0);
    }
    EXPECT_EQ(run.metric("kl_from_unit_temperature")[4], 0) << "KL(p_1 | p_1) is exactly 0";
  }
}

TEST(Divergence, FromUnitTemperatureInTheLimits) {
  const std::vector<double> logits = {2, 0, 2, -1, -HUGE_VAL};
  const BackendRun run = run_backend(want_metrics(), logits, {0.0, HUGE_VAL});
  const double log_z = std::log(2 + std::exp(-2.0) + std::exp(-3.0));
  EXPECT_NEAR(run.metric("kl_from_unit_temperature")[0], log_z - std::log(2.0), 1e-15)
      << "minus ln of the tops' share";
  EXPECT_NEAR(run.metric("kl_from_unit_temperature")[1], log_z - std::log(4.0) + 5.0 / 4, 1e-15);
}

TEST(Divergence, CrossEntropyOfEveryLabel) {
  const auto logits = normal_logits(60, 3, 9);
  for (std::size_t label = 0; label < logits.size(); ++label) {
    RunSetup setup;
    setup.labels = {static_cast<std::int64_t>(label)};
    const BackendRun run = run_backend(want_metrics(), logits, temperatures, setup);
    for (std::size_t t = 0; t < temperatures.size(); ++t) {
      const double reference = QuadLaw(logits, temperatures[t]).cross_entropy(label);
      EXPECT_NEAR(run.metric("cross_entropy")[t], reference, 1e-14 + 1e-14 * reference);
    }
  }
}

TEST(Divergence, CrossEntropyAtTheEdges) {
  const std::vector<double> logits = {1, 3, -HUGE_VAL, 3, 2};
  const auto at = [&](std::int64_t label, double temperature, std::int64_t vocabulary, VocabularyBy by) {
    Wanted wanted = want_metrics();
    wanted.vocabulary_by = by;
    RunSetup setup;
    setup.labels = {label};
    setup.vocabulary = vocabulary;
    return run_backend(wanted, logits, {temperature}, setup).metric("cross_entropy")[0];
  };
  for (const double temperature : {0.0, 1.0, HUGE_VAL}) {
    EXPECT_EQ(at(2, temperature, 5, VocabularyBy::prefix), HUGE_VAL) << "masked";
    EXPECT_TRUE(std::isnan(at(4, temperature, 4, VocabularyBy::prefix))) << "outside the prefix";
    EXPECT_TRUE(std::isnan(at(0, temperature, 3, VocabularyBy::rank))) << "not among the highest three";
  }
  EXPECT_DOUBLE_EQ(at(3, 0.0, 5, VocabularyBy::prefix), std::log(2.0)) << "one of two tops at T = 0";
  EXPECT_EQ(at(0, 0.0, 5, VocabularyBy::prefix), HUGE_VAL) << "not on top at T = 0";
  EXPECT_DOUBLE_EQ(at(0, HUGE_VAL, 5, VocabularyBy::prefix), std::log(4.0));
  EXPECT_NEAR(at(4, 1.0, 3, VocabularyBy::rank), 1 + std::log(2 + std::exp(-1.0)), 1e-15);
}

}  // namespace
}  // namespace tempsweep::testing
