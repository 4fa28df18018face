// SPDX-License-Identifier: Apache-2.0
// Counts of n draws without the draws: the tree of math/multinomial.hpp, level by level, a thread a node.
// Each node's words are its own, so that the counts are those of the tree walked in any other way. A node's
// count stands at its first token: a split leaves the left share where it was and puts the right one at the
// middle. Bound by the arithmetic of a binomial draw a node, a few hundred operations of double precision,
// and in the upper levels by latency: level by level from the root there are 1, 2, 4, … nodes. Distance: not
// run yet (docs/gpu-status.md).
#pragma once

#include "tempsweep/math/multinomial.hpp"

#include "kernels/arguments/draws.hpp"

namespace tempsweep::kernels {

/// Splits every node of `level` ≥ 1 into its halves.
template <class Block>
TEMPSWEEP_DEVICE void split_level(Block& block, const MultinomialLaw& law, const PointStream& stream,
                                  int level, std::uint64_t* nodes) {
  const auto step = static_cast<std::uint64_t>(block.threads()) << level;
  for (std::uint64_t first = static_cast<std::uint64_t>(block.thread()) << level; first < law.tokens;
       first += step) {
    const std::uint64_t middle = first + (std::uint64_t{1} << (level - 1));
    if (middle < law.tokens) {  // beyond is nothing to be shared
      const std::uint64_t count = nodes[first];
      const std::uint64_t left = count == 0 ? 0 : multinomial_left(law, stream, {first, level, count});
      nodes[first] = left;
      nodes[middle] = count - left;
    }
  }
}

[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const DrawMultinomial&) {
  return 0;
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const DrawMultinomial& a) {
  return a.points;
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const DrawMultinomial& a) {
  const int column_bits = alias_column_bits(static_cast<std::uint64_t>(a.columns));
  for (std::int64_t place = block.index(); place < a.points; place += block.count()) {
    const std::int64_t point = a.first + place;
    const std::int64_t row = point / a.temperatures;
    if (a.scans[row].status != RowStatus::ok) {
      continue;
    }
    const MultinomialLaw law{a.through + (place << column_bits), static_cast<std::uint64_t>(a.columns)};
    std::uint64_t* const nodes = a.nodes + place * a.columns;
    const PointStream stream =
        point_stream(a.seed, a.temperature[point % a.temperatures], static_cast<std::uint32_t>(a.columns),
                     Purpose::multinomial_node, static_cast<std::uint64_t>(a.first_row + row));
    if (block.thread() == 0) {
      nodes[0] = a.n;
    }
    for (int level = column_bits; level > 0; --level) {
      block.sync();
      split_level(block, law, stream, level, nodes);
    }
    block.sync();
    const std::uint32_t* const names = a.token == nullptr ? nullptr : a.token + row * a.stride;
    std::uint64_t* const counts = a.counts + place * a.tokens;
    for (std::int64_t i = block.thread(); i < a.columns; i += block.threads()) {
      counts[names == nullptr ? i : names[i]] += nodes[i];
    }
    block.sync();
  }
}

}  // namespace tempsweep::kernels
