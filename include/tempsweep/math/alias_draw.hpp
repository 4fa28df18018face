// SPDX-License-Identifier: Apache-2.0
// Draws from an alias table: one 64-bit word of the point's stream each, draw i takes word i.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tempsweep/math/alias_table.hpp"
#include "tempsweep/math/draw_address.hpp"
#include "tempsweep/math/host_device.hpp"

namespace tempsweep {

/// Top c bits of the word: the column; next 32: the comparison. Every word is valid, and a token of weight 0
/// has threshold 0 and is nobody's alias, so none gives it.
TEMPSWEEP_HD inline std::uint32_t draw_token(const AliasEntry* entries, int column_bits, std::uint64_t word) {
  // Two shifts: one by 64 - c would be undefined at c = 0.
  const auto column = static_cast<std::uint32_t>((word >> 1U) >> (63 - column_bits));
  const auto unit = static_cast<std::uint32_t>((word << column_bits) >> 32U);
  const AliasEntry entry = entries[column];
  return unit < entry.threshold ? column : entry.alias;
}

namespace alias_detail {

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

}  // namespace alias_detail

/// Adds to counts[V] the draws first ... first + n - 1 of the stream: parts in any order, on any thread, add
/// up to the counts of the whole.
inline void draw_counts(const PointStream& stream, std::uint64_t first, std::uint64_t n,
                        const AliasTable& table, std::uint64_t* counts) {
  if (table.support == 1) {
    counts[table.last_supported] += n;
    return;
  }
  const AliasEntry* const entries = table.entries.data();
  const int column_bits = table.column_bits;
  const std::uint64_t end = first + n;
  std::uint64_t draw = first;
  if (n != 0 && (draw & 1U) != 0) {
    ++counts[draw_token(entries, column_bits, stream.word(draw++))];
  }
  constexpr std::size_t batch = 2 * alias_detail::batch_blocks;
  std::uint64_t words[batch];
  for (; end - draw >= batch; draw += batch) {
    alias_detail::philox_batch(stream, draw >> 1U, words);
    for (const std::uint64_t word : words) {
      ++counts[draw_token(entries, column_bits, word)];
    }
  }
  for (; draw < end; ++draw) {
    ++counts[draw_token(entries, column_bits, stream.word(draw))];
  }
}

/// The first n draws of the stream.
inline void draw_counts(const PointStream& stream, std::uint64_t n, const AliasTable& table,
                        std::uint64_t* counts) {
  draw_counts(stream, 0, n, table, counts);
}

}  // namespace tempsweep
