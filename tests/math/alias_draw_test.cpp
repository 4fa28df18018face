// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/math/alias_draw.hpp"

#include <numeric>

#include <gtest/gtest.h>

#include "alias_laws.hpp"

namespace tempsweep {
namespace {

AliasTable built(const std::vector<double>& weights) {
  AliasScratch scratch;
  AliasTable table;
  build_alias_table(weights, scratch, table);
  return table;
}

TEST(AliasDraw, extreme_words_never_give_a_token_of_weight_zero) {
  for (const test::WeightLaw& law : test::awkward_laws()) {
    const AliasTable table = built(law.weights);
    for (const std::uint64_t word :
         {std::uint64_t{0}, ~std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1} << 63U,
          std::uint64_t{0xffffffffU}, std::uint64_t{0xffffff80U} << 32U, std::uint64_t{0x7fffffffU} << 32U,
          std::uint64_t{0xffffff7fU} << 32U}) {
      const std::uint32_t token = draw_token(table.entries.data(), table.column_bits, word);
      ASSERT_LT(token, table.weights.size()) << law.name;
      EXPECT_NE(table.weights[token], 0U) << law.name;
    }
  }
}

// Every column, at its threshold and one below: the exact law without drawing.
TEST(AliasDraw, takes_column_below_the_threshold_and_alias_from_it_on) {
  const AliasTable table = built(test::normal_weights(1000, 2, 4));
  for (std::uint64_t column = 0; column < table.entries.size(); ++column) {
    const AliasEntry entry = table.entries[column];
    const auto draw = [&](std::uint64_t unit) {
      const std::uint64_t word = (column << (64 - table.column_bits)) | (unit << (32 - table.column_bits));
      return draw_token(table.entries.data(), table.column_bits, word);
    };
    EXPECT_EQ(draw(entry.threshold), entry.alias);
    EXPECT_EQ(draw(0xffffffffU), entry.alias);
    if (entry.threshold > 0) {
      EXPECT_EQ(draw(entry.threshold - 1), column);
      EXPECT_EQ(draw(0), column);
    }
  }
}

std::vector<std::uint64_t> one_by_one(const PointStream& stream, std::uint64_t first, std::uint64_t n,
                                      const AliasTable& table) {
  std::vector<std::uint64_t> counts(table.weights.size(), 0);
  for (std::uint64_t i = first; i < first + n; ++i) {
    ++counts[draw_token(table.entries.data(), table.column_bits, stream.word(i))];
  }
  return counts;
}

TEST(AliasDraw, batches_equal_single_draws) {
  const PointStream stream = point_stream(4, 0.9, 1000, Purpose::alias, 12);
  for (const test::WeightLaw& law : test::awkward_laws()) {
    const AliasTable table = built(law.weights);
    for (const std::uint64_t first : {0U, 1U, 2U, 77U}) {
      for (const std::uint64_t n : {0U, 1U, 2U, 63U, 64U, 65U, 1001U}) {
        std::vector<std::uint64_t> counts(table.weights.size(), 0);
        draw_counts(stream, first, n, table, counts.data());
        EXPECT_EQ(counts, one_by_one(stream, first, n, table)) << law.name << ' ' << first << ' ' << n;
      }
    }
  }
}

TEST(AliasDraw, parts_add_up_to_the_whole) {
  const AliasTable table = built(test::zipf_weights(500, 1));
  const PointStream stream = point_stream(4, 1.0, 500, Purpose::alias, 0);
  std::vector<std::uint64_t> whole(500, 0);
  std::vector<std::uint64_t> parts(500, 0);
  draw_counts(stream, 100000, table, whole.data());
  draw_counts(stream, 33333, 66667, table, parts.data());
  draw_counts(stream, 0, 33333, table, parts.data());
  EXPECT_EQ(whole, parts);
  EXPECT_EQ(std::accumulate(whole.begin(), whole.end(), std::uint64_t{0}), 100000U);
}

TEST(AliasDraw, one_hot_among_151936_for_any_number_of_draws) {
  const AliasTable table = built(test::one_hot(151936, 77777));
  std::vector<std::uint64_t> counts(151936, 0);
  draw_counts(point_stream(1, 1.0, 151936, Purpose::alias, 0), std::uint64_t{1} << 53U, table, counts.data());
  EXPECT_EQ(counts[77777], std::uint64_t{1} << 53U);
  EXPECT_EQ(one_by_one(point_stream(1, 1.0, 151936, Purpose::alias, 0), 0, 100000, table)[77777], 100000U);
}

// The draws are a promise across versions and devices.
TEST(AliasDraw, golden_tokens) {
  const AliasTable table = built(test::zipf_weights(1000, 1));
  const PointStream stream = point_stream(42, 0.7, 1000, Purpose::alias, 3);
  std::vector<std::uint32_t> tokens;
  for (std::uint64_t i = 0; i < 8; ++i) {
    tokens.push_back(draw_token(table.entries.data(), table.column_bits, stream.word(i)));
  }
  EXPECT_EQ(tokens, (std::vector<std::uint32_t>{601, 299, 0, 89, 190, 11, 6, 41}));
}

// Head 18 logits above 2e5 tail tokens: float samplers starve or feed the tail. Its count, within 4 sigma.
TEST(AliasDraw, far_tail_gets_its_share) {
  std::vector<double> weights(200001, std::exp(-18.0));
  weights[0] = 1;
  const AliasTable table = built(weights);
  std::vector<std::uint64_t> counts(weights.size(), 0);
  const std::uint64_t n = 2000000;
  draw_counts(point_stream(6, 1.0, 200001, Purpose::alias, 0), n, table, counts.data());
  const double p = 200000 * weights[1] / (1 + 200000 * weights[1]);
  const double mean = p * static_cast<double>(n);
  EXPECT_NEAR(static_cast<double>(n - counts[0]), mean, 4 * std::sqrt(mean * (1 - p)));
}

}  // namespace
}  // namespace tempsweep
