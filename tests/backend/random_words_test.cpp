// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/random_words.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "tempsweep/math/alias_draw.hpp"
#include "tempsweep/math/word_batch.hpp"

#include "backend/cpu/kernels.hpp"
#include "math/alias_laws.hpp"

/// Words and tokens made in vectors are those of the scalar functions, on every instruction set.
namespace tempsweep::testing {
namespace {

/// Each instruction set in turn; the best one again at the end.
template <class Check>
void on_every_set(const Check& check) {
  for (const std::string& set : cpu::instruction_sets()) {
    ASSERT_TRUE(cpu::use_instruction_set(set));
    check(set);
  }
  cpu::use_instruction_set({});
}

TEST(RandomWords, AreTheStreams) {
  const PointStream stream = point_stream(77, 0.4, 999, Purpose::gumbel, 5);
  on_every_set([&](const std::string& set) {
    for (const std::uint64_t first : {std::uint64_t{0}, std::uint64_t{3}, (std::uint64_t{1} << 32U) - 5,
                                      (std::uint64_t{1} << 53U) + 7, ~std::uint64_t{0} - 200}) {
      for (const std::uint64_t blocks : {0U, 1U, 7U, 31U, 32U, 33U, 100U}) {
        std::vector<std::uint64_t> plain(2 * blocks + 1, 9);
        std::vector<std::uint64_t> filled(2 * blocks + 1, 9);
        PlainWords()(stream, first, blocks, plain.data());
        cpu::fill_words(stream, first, blocks, filled.data());
        ASSERT_EQ(filled, plain) << set << ' ' << first << ' ' << blocks;
      }
    }
  });
}

TEST(RandomWords, GiveTheTablesTokens) {
  const PointStream stream = point_stream(78, 1, 1, Purpose::alias, 0);
  on_every_set([&](const std::string& set) {
    for (const test::WeightLaw& law : test::awkward_laws()) {
      AliasScratch scratch;
      AliasTable table;
      build_alias_table(law.weights, scratch, table);
      std::vector<std::uint64_t> words(517);
      cpu::fill_words(stream, 0, 258, words.data());
      const std::vector<std::uint64_t> edges = {0, 1, 0x7fffffff, 0xffffff7f, 0xffffff80, 0xffffffff};
      for (std::size_t i = 0; i < edges.size(); ++i) {
        words[i] = edges[i];
        words[10 + i] = edges[i] << 32U;
        words[20 + i] = edges[i] << 32U | 0xffffffffU;
      }
      std::vector<std::uint64_t> tokens = words;
      cpu::alias_tokens(table, tokens.size(), tokens.data());
      for (std::size_t i = 0; i < words.size(); ++i) {
        ASSERT_EQ(tokens[i], draw_token(table.entries.data(), table.column_bits, words[i]))
            << set << ' ' << law.name;
      }
    }
  });
}

}  // namespace
}  // namespace tempsweep::testing
