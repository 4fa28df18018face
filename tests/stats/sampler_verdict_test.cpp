// SPDX-License-Identifier: Apache-2.0
// Sampler and test together: the right sampler passes at the stated rate, a wrong one fails.
#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "tempsweep/core/statistics.hpp"
#include "tempsweep/math/alias_draw.hpp"

namespace tempsweep {
namespace {

std::vector<double> zipf(std::size_t size) {
  std::vector<double> weights(size);
  for (std::size_t i = 0; i < size; ++i) {
    weights[i] = std::pow(static_cast<double>(i + 1), -1.07);
  }
  return weights;
}

AliasTable built(const std::vector<double>& weights) {
  AliasScratch scratch;
  AliasTable table;
  build_alias_table(weights, scratch, table);
  return table;
}

std::vector<double> law_of(const std::vector<double>& weights) {
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  std::vector<double> law = weights;
  std::transform(law.begin(), law.end(), law.begin(), [total](double w) { return w / total; });
  return law;
}

ChiSquare judged(const AliasTable& table, const std::vector<double>& law, std::uint64_t n,
                 std::uint64_t seed) {
  ChiSquareScratch scratch;
  std::vector<std::uint64_t> counts(law.size(), 0);
  draw_counts(point_stream(seed, 1.0, static_cast<std::uint32_t>(law.size()), Purpose::alias, 0), n, table,
              counts.data());
  return chi_square_test(law, counts, n, scratch);
}

/// Kolmogorov-Smirnov p-value of uniformity (Stephens 1970).
double uniformity(std::vector<double> p) {
  std::sort(p.begin(), p.end());
  const double n = static_cast<double>(p.size());
  double distance = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const double rank = static_cast<double>(i);
    distance = std::max({distance, p[i] - rank / n, (rank + 1) / n - p[i]});
  }
  const double lambda = distance * (std::sqrt(n) + 0.12 + 0.11 / std::sqrt(n));
  double sum = 0;
  for (int k = 1; k <= 100; ++k) {
    sum += (k % 2 == 1 ? 2 : -2) * std::exp(-2.0 * k * k * lambda * lambda);
  }
  return std::clamp(sum, 0.0, 1.0);
}

TEST(SamplerVerdict, p_values_of_the_right_sampler_are_uniform) {
  const std::vector<double> flat(300, 1.0);
  for (const std::vector<double>& weights : {zipf(1000), flat}) {
    const AliasTable table = built(weights);
    const std::vector<double> law = law_of(weights);
    std::vector<double> p;
    for (std::uint64_t seed = 0; seed < 500; ++seed) {
      p.push_back(judged(table, law, 20000, seed).p_value);
    }
    EXPECT_GT(uniformity(p), 1e-3);
    const auto below = std::count_if(p.begin(), p.end(), [](double x) { return x < 0.05; });
    EXPECT_GT(below, 8);  // Binomial(500, 0.05): 25 +- 4.9
    EXPECT_LT(below, 45);
  }
}

// At expectations where the plain chi-square law rejects 1.17 times too often at 1 %.
TEST(SamplerVerdict, size_holds_at_small_expectations) {
  const AliasTable table = built(zipf(1000));
  const std::vector<double> law = law_of(zipf(1000));
  int below = 0;
  for (std::uint64_t seed = 0; seed < 20000; ++seed) {
    below += judged(table, law, 2000, seed).p_value < 0.01 ? 1 : 0;
  }
  EXPECT_NEAR(below, 200, 4 * std::sqrt(200.0));
}

/// p-values of a faulty table under the true law.
ChiSquare judged_mutant(const std::function<void(AliasTable&)>& fault, std::uint64_t n) {
  AliasTable table = built(zipf(1000));
  fault(table);
  return judged(table, law_of(zipf(1000)), n, 77);
}

TEST(SamplerVerdict, without_a_fault_nothing_is_seen) {
  EXPECT_GT(judged_mutant([](AliasTable&) {}, 20000000).p_value, 1e-3);
}

TEST(SamplerVerdict, one_percent_on_one_token_is_seen) {
  std::vector<double> weights = zipf(200);
  weights[0] *= 1.01;
  EXPECT_LT(judged(built(weights), law_of(zipf(200)), 20000000, 77).p_value, 1e-12);
}

TEST(SamplerVerdict, alias_off_by_one_is_seen) {
  const auto fault = [](AliasTable& table) {
    for (AliasEntry& entry : table.entries) {
      entry.alias = (entry.alias + 1) % 1000;
    }
  };
  EXPECT_LT(judged_mutant(fault, 20000).log10_p, -300);
}

TEST(SamplerVerdict, one_wrong_alias_is_seen) {
  EXPECT_LT(judged_mutant([](AliasTable& table) { table.entries[900].alias = 901; }, 20000000).p_value, 1e-6);
}

TEST(SamplerVerdict, turned_comparison_is_seen) {
  const auto fault = [](AliasTable& table) {
    for (std::size_t i = 0; i < table.weights.size(); ++i) {  // a padding column must stay empty
      table.entries[i].threshold = ~table.entries[i].threshold;
    }
  };
  EXPECT_LT(judged_mutant(fault, 20000).p_value, 1e-6);
}

TEST(SamplerVerdict, impossible_token_is_seen) {
  std::vector<double> weights = zipf(1000);
  std::vector<double> law = law_of(weights);
  weights.push_back(1e-3);
  law.push_back(0);
  EXPECT_EQ(judged(built(weights), law, 200000, 3).p_value, 0);
}

}  // namespace
}  // namespace tempsweep
