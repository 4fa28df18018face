// SPDX-License-Identifier: Apache-2.0
// Counts of n draws from an integer law W_i, without the draws: a binary tree over the tokens, each node of
// which gives its left half a binomial share of its own count. The cost depends on the number of tokens that
// get something, not on n. Conditional binomials multiply up to the multinomial law (Devroye, Non-Uniform
// Random Variate Generation, 1986, XI.1.4); the law is that of the alias table of the same W_i
// (alias_table.hpp).
//
// The tree is that of the indices: a node of level h is the run of tokens first … first + 2^h − 1, first a
// multiple of 2^h, and its number is the index of its first token on the right, first + 2^(h−1). So a number
// belongs to one node alone, whatever the number of tokens, and a node's random words
// (Purpose::multinomial_node, blocks node_block(number, 0), node_block(number, 1), …) do not depend on how,
// where and in which order the tree is walked.
#pragma once

#include <cstdint>

#include "tempsweep/math/alias_integers.hpp"
#include "tempsweep/math/binomial.hpp"
#include "tempsweep/math/draw_address.hpp"
#include "tempsweep/math/host_device.hpp"

namespace tempsweep {

/// Integer weights by their running sums; a plain value, free to copy to a device.
struct MultinomialLaw {
  const std::uint64_t* through;  ///< [tokens] W_0 + … + W_i, at most 2^63
  std::uint64_t tokens;          ///< 1 to 2^31

  /// W_0 + … + W_(end − 1); tokens beyond the last weigh nothing.
  [[nodiscard]] TEMPSWEEP_HD std::uint64_t below(std::uint64_t end) const {
    return end == 0 ? 0 : through[(end < tokens ? end : tokens) - 1];
  }
};

/// A run of 2^level tokens that shares `count` draws.
struct MultinomialNode {
  std::uint64_t first;
  int level;
  std::uint64_t count;
};

/// All n ≤ 2^53 draws.
TEMPSWEEP_HD constexpr MultinomialNode multinomial_root(std::uint64_t tokens, std::uint64_t n) {
  return {0, alias_column_bits(tokens), n};
}

/// How many of a node's draws go to its left half; level ≥ 1. Where one half weighs nothing no words are
/// taken.
TEMPSWEEP_HD inline std::uint64_t multinomial_left(const MultinomialLaw& law, const PointStream& stream,
                                                   const MultinomialNode& node) {
  const std::uint64_t middle = node.first + (std::uint64_t{1} << (node.level - 1));
  const std::uint64_t before = law.below(node.first);
  const std::uint64_t left = law.below(middle) - before;
  const std::uint64_t whole = law.below(node.first + (std::uint64_t{1} << node.level)) - before;
  // Both quotients are of exact integers: neither is made from the other by cancellation.
  const auto total = static_cast<double>(whole);
  NodeWords words(stream, static_cast<std::uint32_t>(middle));
  return binomial_draw(words, node.count, static_cast<double>(left) / total,
                       static_cast<double>(whole - left) / total);
}

/// Adds the node's draws to counts[tokens]. Disjoint nodes add up to the whole, on any threads.
TEMPSWEEP_HD inline void multinomial_counts(const MultinomialLaw& law, const PointStream& stream,
                                            MultinomialNode node, std::uint64_t* counts) {
  MultinomialNode waiting[alias_most_column_bits + 1];  // right halves, a smaller one at each step down
  int depth = 0;
  while (true) {
    while (node.level > 0 && node.count != 0) {
      const std::uint64_t left = multinomial_left(law, stream, node);
      --node.level;
      const std::uint64_t middle = node.first + (std::uint64_t{1} << node.level);
      if (left != node.count) {
        waiting[depth++] = {middle, node.level, node.count - left};
      }
      node.count = left;
    }
    if (node.count != 0) {
      counts[node.first] += node.count;
    }
    if (depth == 0) {
      return;
    }
    node = waiting[--depth];
  }
}

}  // namespace tempsweep
