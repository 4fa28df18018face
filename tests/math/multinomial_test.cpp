// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/math/multinomial.hpp"

#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tempsweep/math/alias_table.hpp"

#include "alias_laws.hpp"
#include "goodness.hpp"

namespace tempsweep {
namespace {

constexpr std::uint64_t most = binomial_most_trials;

/// The exact law of an alias table, for the tree.
struct Law {
  explicit Law(const std::vector<double>& from) {
    AliasScratch scratch;
    AliasTable table;
    build_alias_table(from, scratch, table);
    weights = table.weights;
    through.resize(weights.size());
    std::partial_sum(weights.begin(), weights.end(), through.begin());
  }
  [[nodiscard]] MultinomialLaw view() const { return {through.data(), through.size()}; }
  [[nodiscard]] double probability(std::size_t i) const {
    return static_cast<double>(weights[i]) / static_cast<double>(through.back());
  }
  [[nodiscard]] std::vector<double> probabilities() const {
    std::vector<double> all;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      all.push_back(probability(i));
    }
    return all;
  }
  std::vector<std::uint64_t> weights, through;
};

PointStream stream_of(std::uint64_t seed, std::uint64_t row = 0) {
  return point_stream(seed, 0.9, 1000, Purpose::multinomial_node, row);
}

std::vector<std::uint64_t> counts_of(const Law& law, const PointStream& stream, std::uint64_t n) {
  std::vector<std::uint64_t> counts(law.weights.size(), 0);
  multinomial_counts(law.view(), stream, multinomial_root(law.weights.size(), n), counts.data());
  return counts;
}

std::uint64_t sum(const std::vector<std::uint64_t>& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

TEST(Multinomial, counts_add_up_and_tokens_of_weight_zero_get_none) {
  for (const test::WeightLaw& at : test::awkward_laws()) {
    const Law law(at.weights);
    for (const std::uint64_t n : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{77},
                                  std::uint64_t{1000000007}, std::uint64_t{1000000000000}, most}) {
      const std::vector<std::uint64_t> counts = counts_of(law, stream_of(n), n);
      ASSERT_EQ(sum(counts), n) << at.name;
      for (std::size_t i = 0; i < counts.size(); ++i) {
        ASSERT_TRUE(law.weights[i] != 0 || counts[i] == 0) << at.name << ' ' << i;
      }
    }
  }
}

TEST(Multinomial, one_hot_among_151936) {
  for (const std::size_t hot : {std::size_t{0}, std::size_t{77777}, std::size_t{151935}}) {
    EXPECT_EQ(counts_of(Law(test::one_hot(151936, hot)), stream_of(1), most)[hot], most);
  }
}

TEST(Multinomial, marginals_follow_the_integer_law) {
  for (const test::WeightLaw& at : test::awkward_laws()) {
    const Law law(at.weights);
    for (const std::uint64_t n : {std::uint64_t{3000}, std::uint64_t{1000000}, std::uint64_t{10000000000}}) {
      const double p =
          test::chi_square_p(counts_of(law, stream_of(2), n), law.probabilities(), static_cast<double>(n));
      EXPECT_GT(p, 1e-4) << at.name << ' ' << n;
    }
  }
}

TEST(Multinomial, p_values_are_uniform_over_rows) {
  for (const std::uint64_t n : {std::uint64_t{2000}, std::uint64_t{1000000}, most}) {
    const Law law(test::normal_weights(301, 1.5, 11));
    std::vector<double> values;
    for (std::uint64_t row = 0; row < 500; ++row) {
      values.push_back(test::chi_square_p(counts_of(law, stream_of(3, row), n), law.probabilities(),
                                          static_cast<double>(n)));
    }
    EXPECT_GT(test::uniformity_p(values), 1e-3) << n;
  }
}

// Single draws of many points: together they are draws of the law, rare tokens included.
TEST(Multinomial, one_draw_a_point_follows_the_law) {
  const Law law(test::zipf_weights(50, 2));
  std::vector<std::uint64_t> counts(50, 0);
  for (std::uint64_t row = 0; row < 200000; ++row) {
    multinomial_counts(law.view(), stream_of(4, row), multinomial_root(50, 1), counts.data());
  }
  EXPECT_GT(test::chi_square_p(counts, law.probabilities(), 200000), 1e-4);
}

TEST(Multinomial, pairs_of_tokens_covary_as_they_must) {
  const Law law({5, 1, 3, 0, 2, 4, 1});
  constexpr int points = 40000;
  constexpr double n = 500;
  std::vector<double> product(49, 0);
  for (std::uint64_t row = 0; row < points; ++row) {
    const std::vector<std::uint64_t> counts = counts_of(law, stream_of(5, row), 500);
    for (std::size_t a = 0; a < 7; ++a) {
      for (std::size_t b = 0; b < 7; ++b) {
        product[7 * a + b] += (static_cast<double>(counts[a]) - n * law.probability(a)) *
                              (static_cast<double>(counts[b]) - n * law.probability(b)) / points;
      }
    }
  }
  for (std::size_t a = 0; a < 7; ++a) {
    for (std::size_t b = 0; b < 7; ++b) {
      const double pa = law.probability(a);
      const double pb = law.probability(b);
      const double exact = n * ((a == b ? pa : 0) - pa * pb);
      const double deviation =
          n * std::sqrt((pa * (1 - pa) * pb * (1 - pb) + pa * pb * pa * pb) * 2 / points);
      EXPECT_NEAR(product[7 * a + b], exact, 4 * deviation) << a << ' ' << b;
    }
  }
}

/// Splits by hand down to `level`, then draws the subtrees from the last to the first.
std::vector<std::uint64_t> by_subtrees(const Law& law, const PointStream& stream, std::uint64_t n,
                                       int level) {
  std::vector<MultinomialNode> nodes{multinomial_root(law.weights.size(), n)};
  while (nodes[0].level > level) {
    std::vector<MultinomialNode> halves;
    for (const MultinomialNode& node : nodes) {
      const std::uint64_t left = node.count == 0 ? 0 : multinomial_left(law.view(), stream, node);
      halves.push_back({node.first, node.level - 1, left});
      halves.push_back(
          {node.first + (std::uint64_t{1} << (node.level - 1)), node.level - 1, node.count - left});
    }
    nodes = halves;
  }
  std::vector<std::uint64_t> counts(law.weights.size(), 0);
  for (std::size_t i = nodes.size(); i-- > 0;) {
    multinomial_counts(law.view(), stream, nodes[i], counts.data());
  }
  return counts;
}

TEST(Multinomial, subtrees_in_any_order_give_the_whole) {
  for (const std::size_t tokens : {1U, 2U, 3U, 64U, 65U, 1000U, 4097U}) {
    const Law law(test::normal_weights(tokens, 2, tokens));
    for (const std::uint64_t n : {std::uint64_t{1}, std::uint64_t{500}, std::uint64_t{100000000}, most}) {
      const std::vector<std::uint64_t> whole = counts_of(law, stream_of(6), n);
      for (const int level : {0, 1, 3, 9}) {
        EXPECT_EQ(by_subtrees(law, stream_of(6), n, level), whole) << tokens << ' ' << n << ' ' << level;
      }
    }
  }
}

// A law with zeros behind it is the same tree one level higher.
TEST(Multinomial, tokens_of_weight_zero_behind_the_last_change_nothing) {
  std::vector<std::uint64_t> through{10, 14, 14, 20, 23};
  std::vector<std::uint64_t> few(5, 0);
  multinomial_counts({through.data(), 5}, stream_of(8), multinomial_root(5, 100000), few.data());
  through.resize(1000, 23);
  std::vector<std::uint64_t> many(1000, 0);
  multinomial_counts({through.data(), 1000}, stream_of(8), multinomial_root(1000, 100000), many.data());
  EXPECT_EQ(many[999], 0U);
  many.resize(5);
  EXPECT_EQ(many, few);
}

// Counts are a promise across versions and devices.
TEST(Multinomial, golden_counts) {
  const Law law(test::zipf_weights(12, 1));
  EXPECT_EQ(counts_of(law, stream_of(42), 1000),
            (std::vector<std::uint64_t>{315, 176, 115, 75, 70, 39, 40, 40, 37, 36, 34, 23}));
  EXPECT_EQ(counts_of(law, stream_of(42), 1000000000000),
            (std::vector<std::uint64_t>{322246675095, 161123904006, 107415848495, 80561553850, 64449575083,
                                        53707350293, 46035070217, 40280851116, 35805270352, 32224798585,
                                        29295324918, 26853777990}));
}

}  // namespace
}  // namespace tempsweep
