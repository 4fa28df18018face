// SPDX-License-Identifier: Apache-2.0
// Counts of n draws without the draws: the tree of math/multinomial.hpp, level by level, a thread a node.
// Each node's words are its own, so that the counts are those of the tree walked in any other way. A node's
// count stands at its first token: a split leaves the left share where it was and puts the right one at the
// middle. Bound by the arithmetic of a binomial draw a node, a few hundred operations of double precision.
#pragma once

#include "tempsweep/math/multinomial.hpp"

#include "kernels/arguments/draws.hpp"
#include "kernels/body/collectives.hpp"

namespace tempsweep::kernels {

/// Running sums of values[size], in place.
template <class Block, class Shared>
TEMPSWEEP_DEVICE void sum_through(Block& block, Shared scratch, std::uint64_t* values, std::int64_t size) {
  std::uint64_t before = 0;
  for (std::int64_t first = 0; first < size; first += block.threads()) {
    const std::int64_t i = first + block.thread();
    const std::uint64_t mine = i < size ? values[i] : 0;
    const Prefix<std::uint64_t> sums = scan_block(block, scratch, mine);
    if (i < size) {
      values[i] = before + sums.before + mine;
    }
    before += sums.total;
  }
}

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
  return sizeof(std::uint64_t) * (DrawMultinomial::threads / warp_threads);
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const DrawMultinomial& a) {
  return a.points;
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const DrawMultinomial& a) {
  auto scratch = block.template shared<std::uint64_t>(DrawMultinomial::threads / warp_threads);
  for (std::int64_t place = block.index(); place < a.points; place += block.count()) {
    const std::int64_t point = a.first + place;
    const std::int64_t row = point / a.temperatures;
    if (a.scans[row].status != RowStatus::ok) {
      continue;
    }
    std::uint64_t* const sums = a.sums + place * a.columns;
    std::uint64_t* const nodes = a.nodes + place * a.columns;
    sum_through(block, scratch, sums, a.columns);
    const MultinomialLaw law{sums, static_cast<std::uint64_t>(a.columns)};
    const PointStream stream =
        point_stream(a.seed, a.temperature[point % a.temperatures], static_cast<std::uint32_t>(a.columns),
                     Purpose::multinomial_node, static_cast<std::uint64_t>(a.first_row + row));
    const MultinomialNode root = multinomial_root(law.tokens, a.n);
    if (block.thread() == 0) {
      nodes[0] = root.count;
    }
    for (int level = root.level; level > 0; --level) {
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
