// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/backend_run.hpp"
#include "support/oracle.hpp"
#include "support/quad_law.hpp"

/// The metrics of the order against their definitions.
namespace tempsweep::testing {
namespace {

/// A level as it is written, in double and in 113 bits.
struct Written {
  explicit Written(const std::string& word)
      : text(word), value(std::strtod(word.c_str(), nullptr)), exact(strtoflt128(word.c_str(), nullptr)) {}
  std::string text;
  double value;
  Quad exact;
};

/// Below it neither arithmetic can tell.
const Quad slack = 1 - Quad(1e-23);

/// The definitions, token by token in 113 bits.
class Definition {
 public:
  Definition(const std::vector<double>& logits, double temperature) {
    const QuadLaw law(logits, temperature);
    for (std::size_t i = 0; i < logits.size(); ++i) {
      if (!std::isinf(logits[i])) {
        probability_.push_back(law.probability(i));
      }
    }
    std::sort(probability_.begin(), probability_.end(), std::greater<>());
  }
  [[nodiscard]] std::int64_t nucleus_size(Quad mass) const {
    if (mass >= 1) {
      return std::ssize(probability_);
    }
    Quad sum = 0;
    std::int64_t count = 0;
    while (sum < mass * slack && count < std::ssize(probability_)) {
      sum += probability_[static_cast<std::size_t>(count)];
      ++count;
    }
    return count;
  }
  [[nodiscard]] double top_k_mass(std::int64_t k) const {
    const auto end = probability_.begin() + std::min(k, std::ssize(probability_));
    return static_cast<double>(std::accumulate(probability_.begin(), end, Quad(0)));
  }
  [[nodiscard]] std::int64_t at_least(Quad level) const {
    return std::count_if(probability_.begin(), probability_.end(),
                         [&](Quad p) { return p >= level * slack; });
  }
  [[nodiscard]] std::int64_t above(Quad level) const {
    if (level == 0) {
      return std::ssize(probability_);  // also those below the smallest number here
    }
    return std::count_if(probability_.begin(), probability_.end(), [&](Quad p) { return p * slack > level; });
  }
  /// Of the k-th most probable token, from 1.
  [[nodiscard]] Quad probability(std::int64_t k) const {
    return probability_[static_cast<std::size_t>(k - 1)];
  }
  [[nodiscard]] Quad top() const { return probability_.front(); }

 private:
  std::vector<Quad> probability_;
};

const std::vector<Written> masses = {Written("1e-9"),   Written("0.1"),         Written("0.5"),
                                     Written("0.9"),    Written("0.95"),        Written("0.99"),
                                     Written("0.9999"), Written("0.999999999"), Written("1")};
const std::vector<Written> levels = {Written("0"),     Written("1e-300"),  Written("1e-12"),
                                     Written("0.001"), Written("0.05"),    Written("0.1"),
                                     Written("0.5"),   Written("0.999999")};
const std::vector<std::int64_t> ks = {1, 2, 3, 10, 127, 128, 129, 400, 1000, 5000};

std::vector<double> values_of(const std::vector<Written>& words) {
  std::vector<double> values;
  std::transform(words.begin(), words.end(), std::back_inserter(values),
                 [](const Written& w) { return w.value; });
  return values;
}

void hold_to_definition(const std::vector<double>& logits, const std::vector<double>& temperatures,
                        const std::string& what) {
  Wanted wanted;
  wanted.ordering = {values_of(masses), ks, values_of(levels), values_of(levels)};
  const BackendRun run = run_backend(wanted, logits, temperatures);
  for (std::size_t t = 0; t < temperatures.size(); ++t) {
    const Definition definition(logits, temperatures[t]);
    const std::string where = what + " T = " + std::to_string(temperatures[t]) + " level ";
    for (std::size_t i = 0; i < masses.size(); ++i) {
      EXPECT_EQ(run.nucleus_size[t * masses.size() + i], definition.nucleus_size(masses[i].exact))
          << where << masses[i].text;
    }
    for (std::size_t i = 0; i < ks.size(); ++i) {
      const double reference = definition.top_k_mass(ks[i]);
      EXPECT_NEAR(run.top_k_mass[t * ks.size() + i], reference, 1e-14 * reference) << where << ks[i];
    }
    for (std::size_t i = 0; i < levels.size(); ++i) {
      EXPECT_EQ(run.min_p_survivors[t * levels.size() + i],
                definition.at_least(levels[i].exact * definition.top()))
          << where << levels[i].text;
      EXPECT_EQ(run.tokens_above[t * levels.size() + i], definition.above(levels[i].exact))
          << where << levels[i].text;
    }
  }
}

const std::vector<double> grid = {0.003, 0.05, 0.2, 0.7, 1.0, 1.6, 4.0, 30.0, 1e4, 1e9, 1e17, 1e300};

TEST(Ordering, IsTheDefinition) {
  for (const double deviation : {0.01, 1.0, 3.0, 40.0}) {
    for (const std::size_t count : {2U, 10U, 127U, 128U, 129U, 1000U, 4099U}) {
      hold_to_definition(normal_logits(count, deviation, 60), grid,
                         std::to_string(count) + " normal " + std::to_string(deviation));
    }
  }
}

/// Steep at the top, and a long flat tail that a large mass has to reach into.
TEST(Ordering, IsTheDefinitionOfLongTails) {
  std::vector<double> zipf;
  std::vector<double> stairs;
  std::vector<double> cliff = {30, 29.5};
  for (int i = 1; i <= 3000; ++i) {
    zipf.push_back(-1.1 * std::log(i));
    stairs.push_back(-(i / 150));
    cliff.push_back(1e-4 * i);
  }
  std::reverse(stairs.begin(), stairs.end());
  hold_to_definition(zipf, grid, "zipf");
  hold_to_definition(stairs, grid, "stairs");
  hold_to_definition(cliff, grid, "cliff");
}

TEST(Ordering, IsTheDefinitionOfTiesAndMasks) {
  auto logits = normal_logits(2000, 2, 61);
  for (std::size_t i = 0; i < logits.size(); ++i) {
    logits[i] = i % 7 == 0 ? -HUGE_VAL : std::nearbyint(logits[i]);
  }
  hold_to_definition(logits, grid, "rounded");
}

/// A tree of nine levels.
TEST(Ordering, IsTheDefinitionOfManyTokens) {
  hold_to_definition(normal_logits(40001, 3, 67), {0.25, 1.0, 2.5, 1e3}, "40001 normal");
}

/// The double nearest to a reference, and its neighbours.
std::vector<double> neighbours(double value) {
  return {std::nextafter(value, 0), value, std::nextafter(value, 1)};
}

/// Levels that are the very probabilities of the row, as near as doubles come. A double is meant as it is
/// where it takes 16 digits or more.
TEST(Ordering, IsTheDefinitionAtItsBoundaries) {
  const auto logits = normal_logits(300, 2, 62);
  for (const double temperature : {0.3, 1.0, 5.0}) {
    const Definition definition(logits, temperature);
    OrderingAxes axes;
    for (const std::int64_t k : {1, 2, 17, 128, 250}) {
      const Quad single = definition.probability(k);
      for (const double level : neighbours(definition.top_k_mass(k))) {
        axes.nucleus_masses.push_back(level);
      }
      for (const double level : neighbours(static_cast<double>(single))) {
        axes.thresholds.push_back(level);
      }
      for (const double level : neighbours(static_cast<double>(single / definition.top()))) {
        axes.min_p_levels.push_back(level);
      }
    }
    std::sort(axes.nucleus_masses.begin(), axes.nucleus_masses.end());
    std::sort(axes.thresholds.begin(), axes.thresholds.end());
    Wanted wanted;
    wanted.ordering = axes;
    const BackendRun run = run_backend(wanted, logits, {temperature});
    for (std::size_t i = 0; i < axes.nucleus_masses.size(); ++i) {
      EXPECT_EQ(run.nucleus_size[i], definition.nucleus_size(axes.nucleus_masses[i]))
          << temperature << ' ' << i;
    }
    for (std::size_t i = 0; i < axes.thresholds.size(); ++i) {
      EXPECT_EQ(run.tokens_above[i], definition.above(axes.thresholds[i])) << temperature << ' ' << i;
    }
    for (std::size_t i = 0; i < axes.min_p_levels.size(); ++i) {
      EXPECT_EQ(run.min_p_survivors[i], definition.at_least(axes.min_p_levels[i] * definition.top()))
          << temperature << ' ' << i;
    }
  }
}

TEST(Ordering, MatchesTheOracle) {
  for (const OracleCase& one : read_oracle()) {
    Wanted wanted;
    wanted.ordering.nucleus_masses = {0.5, 0.9, 0.95, 0.99};
    wanted.ordering.top_k = {1};
    const BackendRun run = run_backend(wanted, one.logits, one.temperatures());
    for (std::size_t t = 0; t < one.points.size(); ++t) {
      const OraclePoint& point = one.points[t];
      for (std::size_t i = 0; i < 4; ++i) {
        const char* const mass = std::vector<const char*>{"0.5", "0.9", "0.95", "0.99"}[i];
        EXPECT_EQ(run.nucleus_size[4 * t + i], point.nucleus_size.at(mass))
            << one.name << " T = " << point.temperature << " mass " << mass;
      }
      EXPECT_NEAR(run.top_k_mass[t], point.value.at("top_probability"), 1e-14);
    }
  }
}

}  // namespace
}  // namespace tempsweep::testing
