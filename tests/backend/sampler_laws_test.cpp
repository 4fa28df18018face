// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include <boost/math/distributions/chi_squared.hpp>
#include <gtest/gtest.h>

#include "tempsweep/math/exp2.hpp"
#include "tempsweep/math/integer_law.hpp"
#include "tempsweep/math/law.hpp"

#include "math/goodness.hpp"
#include "support/backend_run.hpp"

/// Draws of every sampler against the exact law of the table, and against one another's.
namespace tempsweep::testing {
namespace {

const std::vector<double> temperatures = {0.0, 0.4, 1.0, 3.0, HUGE_VAL};
constexpr std::uint64_t samples = 8000;

struct Case {
  std::string name;
  std::vector<double> logits;
};

std::vector<Case> cases() {
  std::vector<Case> list;
  for (const std::size_t size : {1U, 2U, 999U, 1024U, 4097U}) {
    list.push_back({"normal " + std::to_string(size), normal_logits(size, 2, 70)});
  }
  Case masked{"masks and ties", normal_logits(999, 2, 71)};
  for (std::size_t i = 0; i < 999; i += 3) {
    masked.logits[i] = i % 2 == 0 ? -HUGE_VAL : 2.0;
  }
  masked.logits[998] = masked.logits[0] = -HUGE_VAL;
  list.push_back(masked);
  list.push_back({"tied tops", {1, 5, 5, -HUGE_VAL, 5, 4.9, 5}});
  list.push_back({"one and a tail", std::vector<double>(1024, -7.5)});
  list.back().logits[500] = 0;
  return list;
}

std::vector<std::uint64_t> drawn(const Case& one, Sampler sampler, std::uint64_t seed) {
  Wanted wanted;
  wanted.samples = samples;
  wanted.seed = seed;
  wanted.sampler = sampler;
  return run_backend(wanted, one.logits, temperatures).count;
}

std::vector<double> law(const std::vector<double>& logits, double temperature) {
  const double maximum = *std::max_element(logits.begin(), logits.end());
  std::vector<double> weights;
  for (const double logit : logits) {
    weights.push_back(table_weight(maximum - logit, inverse_temperature(temperature)));
  }
  LawScratch scratch;
  IntegerLaw integers;
  build_integer_law(weights, scratch, integers);
  std::vector<double> p;
  for (const std::uint64_t weight : integers.weights) {
    p.push_back(std::ldexp(static_cast<double>(weight), -(integers.column_bits + 32)));
  }
  return p;
}

std::vector<std::uint64_t> point(const std::vector<std::uint64_t>& all, std::size_t t, std::size_t width) {
  const auto begin = all.begin() + static_cast<std::ptrdiff_t>(t * width);
  return {begin, begin + static_cast<std::ptrdiff_t>(width)};
}

/// Pearson's p-value that two equal samples are of one law; cells with 10 draws in all, the rest joined.
double homogeneity_p(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b) {
  double statistic = 0;
  double cells = 0;
  double x = 0;
  double y = 0;
  const auto close = [&] {
    statistic += (x - y) * (x - y) / (x + y);
    cells += 1;
    x = y = 0;
  };
  for (std::size_t i = 0; i < a.size(); ++i) {
    x += static_cast<double>(a[i]);
    y += static_cast<double>(b[i]);
    if (x + y >= 10) {
      close();
    }
  }
  if (x + y > 0) {
    close();
  }
  return cells < 2
             ? 1
             : boost::math::cdf(boost::math::complement(boost::math::chi_squared(cells - 1), statistic));
}

constexpr std::array samplers = {Sampler::alias, Sampler::inverse, Sampler::gumbel};

/// 120 points, 240 p-values: the smallest of a right sampler is below 1e-6 once in 4000 such lists of seeds.
TEST(SamplerLaws, AreTheTables) {
  for (const Case& one : cases()) {
    for (const Sampler sampler : samplers) {
      const auto counts = drawn(one, sampler, 11);
      for (std::size_t t = 0; t < temperatures.size(); ++t) {
        EXPECT_GT(test::chi_square_p(point(counts, t, one.logits.size()), law(one.logits, temperatures[t]),
                                     static_cast<double>(samples)),
                  1e-6)
            << one.name << ' ' << sampler_facts(sampler).name << " T " << temperatures[t];
      }
    }
  }
}

TEST(SamplerLaws, AreOneAnothers) {
  for (const Case& one : cases()) {
    const std::vector<std::vector<std::uint64_t>> counts = {
        drawn(one, samplers[0], 12), drawn(one, samplers[1], 12), drawn(one, samplers[2], 12)};
    for (std::size_t t = 0; t < temperatures.size(); ++t) {
      for (std::size_t i = 0; i < 3; ++i) {
        const auto mine = point(counts[i], t, one.logits.size());
        const auto other = point(counts[(i + 1) % 3], t, one.logits.size());
        EXPECT_GT(homogeneity_p(mine, other), 1e-6)
            << one.name << ' ' << sampler_facts(samplers[i]).name << " T " << temperatures[t];
        const bool few = std::ssize(mine) - std::count(mine.begin(), mine.end(), 0U) < 10;
        EXPECT_TRUE(few || mine != other) << "purposes must not share words";
      }
    }
  }
}

/// p-values of 200 seeds are uniform.
TEST(SamplerLaws, PassAtTheStatedRate) {
  const Case one{"normal", normal_logits(64, 1.5, 72)};
  const auto p = law(one.logits, 1.0);
  for (const Sampler sampler : samplers) {
    std::vector<double> values;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      values.push_back(
          test::chi_square_p(point(drawn(one, sampler, seed), 2, 64), p, static_cast<double>(samples)));
    }
    EXPECT_GT(test::uniformity_p(values), 1e-4) << sampler_facts(sampler).name;
  }
}

}  // namespace
}  // namespace tempsweep::testing
