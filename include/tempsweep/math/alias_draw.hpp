// SPDX-License-Identifier: Apache-2.0
// Draws from an alias table: one 64-bit word of the point's stream each, draw i takes word i.
#pragma once

#include <cstdint>

#include "tempsweep/math/alias_table.hpp"
#include "tempsweep/math/draw_address.hpp"
#include "tempsweep/math/host_device.hpp"
#include "tempsweep/math/word_batch.hpp"

namespace tempsweep {

/// Top c bits of the word: the column; next 32: the comparison. Every word is valid, and a token of weight 0
/// has threshold 0 and is nobody's alias, so none gives it.
/// \param entries  [2^c], AliasEntry at each index
template <class Entries>
TEMPSWEEP_HD std::uint32_t draw_token(const Entries& entries, int column_bits, std::uint64_t word) {
  // Two shifts: one by 64 - c would be undefined at c = 0.
  const auto column = static_cast<std::uint32_t>((word >> 1U) >> (63 - column_bits));
  const auto unit = static_cast<std::uint32_t>((word << column_bits) >> 32U);
  const AliasEntry entry = entries[column];
  return unit < entry.threshold ? column : entry.alias;
}

/// Adds to counts[V] the draws first ... first + n - 1 of the stream: parts in any order, on any thread, add
/// up to the counts of the whole.
template <class Fill = PlainWords>
void draw_counts(const PointStream& stream, std::uint64_t first, std::uint64_t n, const AliasTable& table,
                 std::uint64_t* counts, const Fill& fill = {}) {
  if (table.support == 1) {
    counts[table.last_supported] += n;
    return;
  }
  count_words(
      stream, first, n,
      [entries = table.entries.data(), bits = table.column_bits](std::uint64_t word) {
        return draw_token(entries, bits, word);
      },
      counts, fill);
}

/// The first n draws of the stream.
inline void draw_counts(const PointStream& stream, std::uint64_t n, const AliasTable& table,
                        std::uint64_t* counts) {
  draw_counts(stream, 0, n, table, counts);
}

}  // namespace tempsweep
