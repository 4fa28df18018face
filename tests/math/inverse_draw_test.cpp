// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/math/inverse_draw.hpp"

#include <gtest/gtest.h>

#include "tempsweep/math/alias_table.hpp"

#include "alias_laws.hpp"

namespace tempsweep {
namespace {

InverseTable built(const std::vector<double>& weights) {
  LawScratch scratch;
  InverseTable table;
  build_inverse_table(weights, scratch, table);
  return table;
}

TEST(InverseDraw, draws_from_the_alias_tables_integers) {
  for (const test::WeightLaw& law : test::awkward_laws()) {
    AliasScratch scratch;
    AliasTable alias;
    build_alias_table(law.weights, scratch, alias);
    EXPECT_EQ(built(law.weights).weights, alias.weights) << law.name;
  }
}

/// First and last word of every token's places: the exact law without drawing.
TEST(InverseDraw, gives_every_token_its_places_and_no_other) {
  for (const test::WeightLaw& law : test::awkward_laws()) {
    const InverseTable table = built(law.weights);
    const InverseView view = table.view();
    const auto at = [&](std::uint64_t place) {
      const std::uint64_t noise = (std::uint64_t{1} << (32 - table.column_bits)) - 1;
      return std::pair(draw_token(view, place << (32 - table.column_bits)),
                       draw_token(view, place << (32 - table.column_bits) | noise));
    };
    std::uint64_t before = 0;
    for (std::uint32_t i = 0; i < table.weights.size(); ++i) {
      if (table.weights[i] != 0) {
        ASSERT_EQ(at(before), std::pair(i, i)) << law.name;
        ASSERT_EQ(at(table.through[i] - 1), std::pair(i, i)) << law.name;
      }
      before = table.through[i];
    }
    EXPECT_EQ(before, std::uint64_t{1} << (table.column_bits + 32)) << law.name;
  }
}

TEST(InverseDraw, extreme_words_never_give_a_token_of_weight_zero) {
  for (const test::WeightLaw& law : test::awkward_laws()) {
    const InverseTable table = built(law.weights);
    for (const std::uint64_t high : {0U, 1U, 0x7fffffffU, 0xffffff7fU, 0xffffff80U, 0xffffffffU}) {
      for (const std::uint64_t low : {0U, 1U, 0xffffffffU}) {
        const std::uint32_t token = draw_token(table.view(), high << 32U | low);
        ASSERT_LT(token, table.weights.size()) << law.name;
        EXPECT_NE(table.weights[token], 0U) << law.name;
      }
    }
  }
}

TEST(InverseDraw, batches_and_parts_equal_single_draws) {
  const PointStream stream = point_stream(4, 0.9, 1000, Purpose::inverse, 12);
  for (const test::WeightLaw& law : test::awkward_laws()) {
    const InverseTable table = built(law.weights);
    std::vector<std::uint64_t> single(law.weights.size(), 0);
    for (std::uint64_t i = 0; i < 1001; ++i) {
      ++single[draw_token(table.view(), stream.word(i))];
    }
    std::vector<std::uint64_t> parts(law.weights.size(), 0);
    draw_counts(stream, 333, 668, table, parts.data());
    draw_counts(stream, 0, 333, table, parts.data());
    EXPECT_EQ(parts, single) << law.name;
  }
}

// The draws are a promise across versions and devices.
TEST(InverseDraw, golden_tokens) {
  const InverseTable table = built(test::zipf_weights(1000, 1));
  const PointStream stream = point_stream(42, 0.7, 1000, Purpose::inverse, 3);
  std::vector<std::uint32_t> tokens;
  for (std::uint64_t i = 0; i < 8; ++i) {
    tokens.push_back(draw_token(table.view(), stream.word(i)));
  }
  EXPECT_EQ(tokens, (std::vector<std::uint32_t>{0, 2, 258, 5, 103, 0, 204, 2}));
}

}  // namespace
}  // namespace tempsweep
