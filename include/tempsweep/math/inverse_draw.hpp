// SPDX-License-Identifier: Apache-2.0
// Draws by the inverse of the distribution function: one 64-bit word of the point's stream each, draw i takes
// word i.
#pragma once

#include <cstdint>

#include "tempsweep/math/draw_address.hpp"
#include "tempsweep/math/inverse_table.hpp"
#include "tempsweep/math/word_batch.hpp"

namespace tempsweep {

/// Adds to counts[V] the draws first ... first + n - 1 of the stream (Purpose::inverse): parts in any order,
/// on any thread, add up to the counts of the whole.
template <class Fill = PlainWords>
void draw_counts(const PointStream& stream, std::uint64_t first, std::uint64_t n, const InverseTable& table,
                 std::uint64_t* counts, const Fill& fill = {}) {
  if (table.support == 1) {
    counts[table.last_supported] += n;
    return;
  }
  count_words(
      stream, first, n, [view = table.view()](std::uint64_t word) { return draw_token(view, word); }, counts,
      fill);
}

}  // namespace tempsweep
