// SPDX-License-Identifier: Apache-2.0
// Draws that take one 64-bit word of the point's stream each, draw i word i: how a run of them is counted.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tempsweep/math/draw_address.hpp"

namespace tempsweep {

inline constexpr std::uint64_t batch_words = 1024;

/// Words 2*first ... 2*(first + blocks) - 1 of the stream, one block after another.
struct PlainWords {
  void operator()(const PointStream& stream, std::uint64_t first, std::uint64_t blocks,
                  std::uint64_t* words) const {
    for (std::uint64_t k = 0; k < blocks; ++k) {
      const PhiloxBlock block = stream.block(first + k);
      words[2 * k] = join_words(block.x, block.y);
      words[2 * k + 1] = join_words(block.z, block.w);
    }
  }
};

/// Adds to counts[V] the draws first ... first + n - 1 of the stream: parts in any order, on any thread, add
/// up to the counts of the whole. \param token_of  from a word to its token
/// \param fill  PlainWords, or what does the same faster
template <class TokenOf, class Fill = PlainWords, class Count = std::uint64_t>
void count_words(const PointStream& stream, std::uint64_t first, std::uint64_t n, const TokenOf& token_of,
                 Count* counts, const Fill& fill = {}) {
  const std::uint64_t end = first + n;
  std::uint64_t draw = first;
  if (n != 0 && (draw & 1U) != 0) {
    ++counts[token_of(stream.word(draw++))];
  }
  std::uint64_t words[batch_words];
  while (draw < end) {
    const std::uint64_t count = end - draw < batch_words ? end - draw : batch_words;
    fill(stream, draw >> 1U, (count + 1) / 2, words);
    for (std::uint64_t k = 0; k < count; ++k) {
      ++counts[token_of(words[k])];
    }
    draw += count;
  }
}

}  // namespace tempsweep
