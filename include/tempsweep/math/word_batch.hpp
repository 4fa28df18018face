// SPDX-License-Identifier: Apache-2.0
// Draws that take one 64-bit word of the point's stream each, draw i word i: how a run of them is counted.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tempsweep/math/draw_address.hpp"

namespace tempsweep {

inline constexpr std::size_t batch_blocks = 32;

/// Words of blocks first ... first + 31: the generator of one block is a chain of ten rounds, so several
/// blocks go through it side by side.
inline void philox_batch(const PointStream& stream, std::uint64_t first, std::uint64_t* words) {
  for (std::size_t k = 0; k < batch_blocks; ++k) {
    const PhiloxBlock block = stream.block(first + k);
    words[2 * k] = join_words(block.x, block.y);
    words[2 * k + 1] = join_words(block.z, block.w);
  }
}

/// Adds to counts[V] the draws first ... first + n - 1 of the stream: parts in any order, on any thread, add
/// up to the counts of the whole. \param token_of  from a word to its token
template <class TokenOf>
void count_words(const PointStream& stream, std::uint64_t first, std::uint64_t n, const TokenOf& token_of,
                 std::uint64_t* counts) {
  const std::uint64_t end = first + n;
  std::uint64_t draw = first;
  if (n != 0 && (draw & 1U) != 0) {
    ++counts[token_of(stream.word(draw++))];
  }
  constexpr std::size_t batch = 2 * batch_blocks;
  std::uint64_t words[batch];
  for (; end - draw >= batch; draw += batch) {
    philox_batch(stream, draw >> 1U, words);
    for (const std::uint64_t word : words) {
      ++counts[token_of(word)];
    }
  }
  for (; draw < end; ++draw) {
    ++counts[token_of(stream.word(draw))];
  }
}

}  // namespace tempsweep
