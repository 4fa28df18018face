// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/probabilities.hpp"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstdio>
#include <vector>

#include <gtest/gtest.h>

#include "support/backend_run.hpp"
#include "support/quad_law.hpp"

namespace tempsweep::testing {
namespace {

using cpu::Stores;
constexpr float canary = -7.0F;

cpu::ProbabilityRow view(const std::vector<double>& logits) {
  double least = HUGE_VAL;
  bool masked = false;
  for (const double logit : logits) {
    masked = masked || std::isinf(logit);
    least = std::isinf(logit) ? least : std::min(least, logit);
  }
  const double maximum = *std::max_element(logits.begin(), logits.end());
  return {logits.data(), std::ssize(logits), maximum, maximum - least, masked};
}

enum class Way : std::uint8_t { exact, five, four };
constexpr Way ways[] = {Way::exact, Way::five, Way::four};

/// Probabilities at one temperature, written `offset` floats behind a cache line, canaries around them.
std::vector<float> written(const std::vector<double>& logits, double beta, double total, Way way,
                           Stores stores, std::size_t offset) {
  constexpr std::size_t line = 16;
  std::vector<float> memory(logits.size() + 4 * line, canary);
  const std::size_t place = reinterpret_cast<std::uintptr_t>(memory.data()) / sizeof(float) % line;
  const std::size_t first = 2 * line - place + offset;
  const cpu::ProbabilityPoint point{beta, total, memory.data() + first};
  if (way != Way::exact) {
    const auto degree = way == Way::five ? cpu::FloatDegree::five : cpu::FloatDegree::four;
    cpu::float_probabilities(view(logits), std::span(&point, 1), degree, stores);
  } else {
    cpu::probabilities(view(logits), std::span(&point, 1), stores);
  }
  const auto begin = memory.begin() + static_cast<std::ptrdiff_t>(first);
  const auto end = begin + std::ssize(logits);
  EXPECT_EQ(std::count(memory.begin(), begin, canary), begin - memory.begin()) << "written before the start";
  EXPECT_EQ(std::count(end, memory.end(), canary), memory.end() - end) << "written past the end";
  return {begin, end};
}

/// Largest relative error of the normal numbers; the others have to be near 0.
double worst_error(const std::vector<double>& logits, double temperature, const std::vector<float>& p) {
  const QuadLaw law(logits, temperature);
  constexpr auto least = static_cast<double>(FLT_MIN);
  double worst = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const Quad exact = law.probability(i);
    if (static_cast<double>(exact) < least * (1 + 2e-5)) {
      EXPECT_NEAR(static_cast<double>(p[i]), static_cast<double>(exact), 1.001 * least);
    } else {
      worst = std::max(worst, static_cast<double>(fabsq(Quad(p[i]) / exact - 1)));
    }
  }
  return worst;
}

double exact_total(const std::vector<double>& logits, double temperature) {
  return 1 / QuadLaw(logits, temperature).top_probability();
}

/// Rows of many kinds: masked tokens, ties, deep tokens, few values.
std::vector<std::vector<double>> rows() {
  std::vector<std::vector<double>> all;
  for (const double deviation : {0.01, 1.0, 8.0, 60.0}) {
    all.push_back(normal_logits(3001, deviation, 5));
  }
  all.push_back(normal_logits(1500, 4, 6));
  for (std::size_t i = 0; i < all.back().size(); i += 7) {
    all.back()[i] = i % 2 == 0 ? -HUGE_VAL : 20;
  }
  all.push_back({3, -1e30, 2.5, -1e300, -HUGE_VAL, 3});
  return all;
}

TEST(Probabilities, KeepTheirAccuracyByEveryWay) {
  double worst[std::size(ways)] = {};
  for (const auto& logits : rows()) {
    for (const double temperature : {1e-9, 0.05, 0.3, 1.0, 1.7, 30.0, 1e14, HUGE_VAL}) {
      const double total = exact_total(logits, temperature);
      for (const Way way : ways) {
        const auto p = written(logits, 1 / temperature, total, way, Stores::cached, 3);
        double& here = worst[static_cast<int>(way)];
        here = std::max(here, worst_error(logits, temperature, p));
      }
    }
  }
  EXPECT_LE(worst[0], 6.1e-8);
  EXPECT_LE(worst[1], cpu::float_probability_error(cpu::FloatDegree::five));
  EXPECT_LE(worst[2], cpu::float_probability_error(cpu::FloatDegree::four));
  EXPECT_TRUE(worst[0] < worst[1] && worst[1] < worst[2]);
  std::printf("largest relative error: %.2e from double, %.2e and %.2e from float\n", worst[0], worst[1],
              worst[2]);
}

/// Heads and tails of streaming stores, and pieces of a row: the same bits wherever the output lies.
TEST(Probabilities, DoNotDependOnWhereTheyAreWritten) {
  for (const std::size_t count : {1U, 2U, 7U, 15U, 16U, 17U, 31U, 64U, 100U, 1023U, 1024U, 1025U, 2100U}) {
    auto logits = normal_logits(count, 6, 8);
    for (const bool masked : {false, true}) {
      if (masked && count > 2) {
        logits[count - 2] = -HUGE_VAL;
      }
      const double total = exact_total(logits, 0.7);
      for (const Way way : ways) {
        const auto reference = written(logits, 1 / 0.7, total, way, Stores::cached, 0);
        for (std::size_t offset = 0; offset < 16; ++offset) {
          for (const Stores stores : {Stores::cached, Stores::streaming}) {
            EXPECT_EQ(written(logits, 1 / 0.7, total, way, stores, offset), reference) << count;
          }
        }
      }
    }
  }
}

TEST(Probabilities, APointDependsOnNothingAroundIt) {
  const auto logits = normal_logits(2500, 6, 9);
  const std::vector<double> temperatures = {1e-14, 0.02, 0.3, 1.0, 4.0, 1e15, HUGE_VAL};
  std::vector<std::vector<float>> together(temperatures.size(), std::vector<float>(logits.size()));
  std::vector<cpu::ProbabilityPoint> points;
  for (std::size_t t = 0; t < temperatures.size(); ++t) {
    points.push_back({1 / temperatures[t], exact_total(logits, temperatures[t]), together[t].data()});
  }
  cpu::float_probabilities(view(logits), points, cpu::FloatDegree::five, Stores::streaming);
  for (std::size_t t = 0; t < temperatures.size(); ++t) {
    EXPECT_EQ(written(logits, points[t].beta, points[t].total, Way::five, Stores::cached, 0), together[t]);
  }
}

Wanted want_probabilities(double tolerance) {
  Wanted wanted = want_metrics();
  wanted.metrics.clear();
  wanted.probabilities = ProbabilityFormat::f32;
  wanted.tolerance = tolerance;
  return wanted;
}

/// The whole backend, its output large enough for streaming stores.
TEST(Probabilities, OfASweepKeepItsTolerance) {
  const auto logits = normal_logits(20000, 3, 10);
  std::vector<double> temperatures;
  for (int t = 0; t < 60; ++t) {
    temperatures.push_back(0.1 * std::pow(1.1, t));
  }
  for (const double tolerance : {1e-12, 3e-7, 4e-7, 4.9e-6, 1e-5}) {
    const BackendRun run = run_backend(want_probabilities(tolerance), logits, temperatures);
    double worst = 0;
    for (std::size_t t = 0; t < temperatures.size(); t += 19) {
      const auto first = run.probability.begin() + static_cast<std::ptrdiff_t>(t * logits.size());
      worst = std::max(worst, worst_error(logits, temperatures[t], {first, first + std::ssize(logits)}));
    }
    const double own = tolerance < 4e-7 ? 6.1e-8 : tolerance < 5e-6 ? 3e-7 : 3.1e-6;
    EXPECT_LE(worst, own + tolerance);
    EXPECT_GT(worst, own / 4);
    std::printf("tolerance %.0e: largest relative error %.2e\n", tolerance, worst);
  }
}

}  // namespace
}  // namespace tempsweep::testing
