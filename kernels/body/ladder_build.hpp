// SPDX-License-Identifier: Apache-2.0
// Moments of a row's leaves (math/ladder.hpp). Bound by the FP64 pipe, 22 operations a token and 3 for its
// place, with memory close behind: 8 bytes a token, and 128 a leaf for every slice. Distance: not run yet
// (docs/gpu-status.md).
//
// No sum is made by atomics, whose order is nobody's. A block takes chunks of 3072 tokens; each warp counts
// the leaves of its quarter, a scan over (leaf, warp) turns the counts into places, and the tokens' t go
// there: a counting sort whose order is always the same. Then a thread adds up a leaf, or, where it holds
// more than 64 tokens, a warp does. Adjacent leaves hold about equally many tokens, so that lanes keep step.
#pragma once

#include "kernels/arguments/ladder.hpp"
#include "kernels/body/collectives.hpp"
#include "kernels/body/intrinsics.hpp"

namespace tempsweep::kernels {

inline constexpr int leaf_warps = BuildLeaves::threads / warp_threads;

/// Shared memory of a block that builds leaves.
template <class Sorted, class Counts, class Scratch>
struct LeafSpace {
  Sorted sorted;    ///< [chunk]: t, ordered by leaf
  Counts counts;    ///< [leaf_warps, leaves]: how many; then where the next one goes
  Scratch scratch;  ///< [leaf_warps]
};

/// One leaf's tokens of a chunk.
struct LeafRange {
  int begin = 0;
  int tokens = 0;
};

struct LeafMoments {
  double m[ladder_moments] = {};

  /// t⁰ is left out: it is counted.
  TEMPSWEEP_DEVICE void add(double t) {
    const double t2 = t * t;
    const double t4 = t2 * t2;
    const double t8 = t4 * t4;
    const double t3 = t * t2;
    const double power[8] = {1.0, t, t2, t3, t4, t * t4, t2 * t4, t3 * t4};
#pragma unroll
    for (int k = 0; k < 8; ++k) {
      m[k] = k == 0 ? m[k] : m[k] + power[k];
      m[8 + k] = std::fma(power[k], t8, m[8 + k]);
    }
  }
  friend TEMPSWEEP_DEVICE LeafMoments operator+(const LeafMoments& a, const LeafMoments& b) {
    LeafMoments sum;
#pragma unroll
    for (int k = 0; k < ladder_moments; ++k) {
      sum.m[k] = a.m[k] + b.m[k];
    }
    return sum;
  }
};
static_assert(ladder_moments == 16);

[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const BuildLeaves& a) {
  constexpr std::int64_t sorted = sizeof(double) * BuildLeaves::chunk;
  const std::int64_t counts = round_up(leaf_warps * a.most_leaves * std::int64_t{sizeof(std::uint16_t)}, 16);
  return static_cast<std::size_t>(sorted + counts + 16);
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const BuildLeaves& a) {
  return a.rows * a.slices();
}

/// Takes the next places of a leaf for the lanes that ask for it, by lane. All lanes of the warp come.
/// \return the caller's place
template <class Block, class Counts>
TEMPSWEEP_DEVICE int claim(Block& block, Counts counts, int leaf, bool inside) {
  const unsigned same = block.match_any(inside ? static_cast<std::uint32_t>(leaf) : ~0U);
  const unsigned below = same & ((1U << static_cast<unsigned>(block.lane())) - 1);
  int first = 0;
  if (inside) {
    first = counts[leaf];
  }
  block.sync_warp();
  if (inside && below == 0) {
    counts[leaf] = static_cast<std::uint16_t>(first + count_bits(same));
  }
  block.sync_warp();
  return first + count_bits(below);
}

/// Calls take(place, t) for the warp's quarter of a chunk, having claimed a place for each token.
template <class Block, class Counts, class Take>
TEMPSWEEP_DEVICE void visit_tokens(Block& block, const double* tokens, int count, double scale, Counts counts,
                                   const Take& take) {
  constexpr int width = Vector<double>::size;
  constexpr int share = BuildLeaves::chunk / leaf_warps;
  const int begin = block.warp() * share;
  const int end = least(begin + share, count);
#pragma unroll 1
  for (int i = begin; i < end; i += width * warp_threads) {
    const int at = i + width * block.lane();
    Vector<double> depth{};
    if (at < end) {
      depth = load_vector(tokens + at);
    }
#pragma unroll
    for (int k = 0; k < width; ++k) {
      const bool inside = at + k < end;
      const LeafPlace place = leaf_place(inside ? depth.lane[k] * scale : 0.0);
      const int where = claim(block, counts, static_cast<int>(place.leaf), inside);
      if (inside) {
        take(where, place.t);
      }
    }
  }
}

/// Counts to places: leaves in order, within a leaf the warps in order.
template <class Block, class Space>
TEMPSWEEP_DEVICE void place_leaves(Block& block, const Space& space, int leaves) {
  const int share = (leaves + BuildLeaves::threads - 1) / BuildLeaves::threads;
  const int first = least(block.thread() * share, leaves);
  const int last = least(first + share, leaves);
  std::uint32_t own = 0;
  for (int leaf = first; leaf < last; ++leaf) {
    for (int warp = 0; warp < leaf_warps; ++warp) {
      own += static_cast<std::uint16_t>(space.counts[warp * leaves + leaf]);
    }
  }
  std::uint32_t place = scan_block(block, space.scratch, own).before;
  for (int leaf = first; leaf < last; ++leaf) {
    for (int warp = 0; warp < leaf_warps; ++warp) {
      const std::uint16_t count = space.counts[warp * leaves + leaf];
      space.counts[warp * leaves + leaf] = static_cast<std::uint16_t>(place);
      place += count;
    }
  }
}

/// Sorts one chunk by leaf. On return all threads see `sorted`, and counts[last warp] holds the leaves' ends.
template <class Block, class Space>
TEMPSWEEP_DEVICE void sort_chunk(Block& block, const double* tokens, int count, double scale,
                                 const Space& space, int leaves) {
  for (int i = block.thread(); i < leaf_warps * leaves; i += block.threads()) {
    space.counts[i] = std::uint16_t{0};
  }
  block.sync();
  const auto own = space.counts + block.warp() * leaves;
  visit_tokens(block, tokens, count, scale, own, [](int, double) {});
  block.sync();
  place_leaves(block, space, leaves);
  block.sync();
  visit_tokens(block, tokens, count, scale, own, [&](int where, double t) { space.sorted[where] = t; });
  block.sync();
}

template <class Space>
TEMPSWEEP_DEVICE LeafRange leaf_range(const Space& space, int leaves, int leaf) {
  if (leaf >= leaves) {
    return {};
  }
  const auto ends = space.counts + (leaf_warps - 1) * leaves;
  const int begin = leaf == 0 ? 0 : static_cast<std::uint16_t>(ends[leaf - 1]);
  return {begin, static_cast<std::uint16_t>(ends[leaf]) - begin};
}

/// Adds a chunk's moments of a leaf to those of the chunks before it.
TEMPSWEEP_DEVICE inline void store_leaf(double* to, const LeafMoments& moments, int tokens, bool first) {
#pragma unroll
  for (int k = 0; k < ladder_moments; k += Vector<double>::size) {
    Vector<double> sum{{k == 0 ? static_cast<double>(tokens) : moments.m[k], moments.m[k + 1]}};
    if (!first) {
      const Vector<double> before = read_vector(to + k);
      sum = {{before.lane[0] + sum.lane[0], before.lane[1] + sum.lane[1]}};
    }
    write_vector(to + k, sum);
  }
}

/// Leaf by leaf; \return additions that a moment took
template <class Block, class Space>
TEMPSWEEP_DEVICE std::uint32_t sum_leaves(Block& block, const Space& space, int leaves, double* out,
                                          bool first) {
  std::uint32_t longest = 0;
#pragma unroll 1
  for (int leaf = block.thread(); leaf - block.lane() < leaves; leaf += block.threads()) {
    const LeafRange range = leaf_range(space, leaves, leaf);
    const bool shared = range.tokens > BuildLeaves::longest_run;
    if (leaf < leaves && !shared && (first || range.tokens > 0)) {
      LeafMoments moments;
#pragma unroll 1
      for (int i = 0; i < range.tokens; ++i) {
        moments.add(space.sorted[range.begin + i]);
      }
      store_leaf(out + std::int64_t{leaf} * ladder_moments, moments, range.tokens, first);
      longest = most(longest, static_cast<std::uint32_t>(range.tokens));
    }
    for (unsigned crowd = block.ballot(shared); crowd != 0; crowd &= crowd - 1) {
      const int lane = lowest_bit(crowd);
      const LeafRange wide = leaf_range(space, leaves, leaf - block.lane() + lane);
      LeafMoments moments;
#pragma unroll 1
      for (int i = block.lane(); i < wide.tokens; i += warp_threads) {
        moments.add(space.sorted[wide.begin + i]);
      }
      moments = reduce_warp(block, moments, [](const LeafMoments& a, const LeafMoments& b) { return a + b; });
      if (block.lane() == lane) {
        store_leaf(out + std::int64_t{leaf} * ladder_moments, moments, wide.tokens, first);
      }
      longest = most(longest, static_cast<std::uint32_t>(wide.tokens / warp_threads + 6));
    }
  }
  return longest;
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const BuildLeaves& a) {
  auto sorted = block.template shared<double>(BuildLeaves::chunk);
  auto counts = block.template shared<std::uint16_t>(static_cast<int>(leaf_warps * a.most_leaves));
  auto scratch = block.template shared<std::uint32_t>(leaf_warps);
  const LeafSpace<decltype(sorted), decltype(counts), decltype(scratch)> space{sorted, counts, scratch};
  for (std::int64_t item = block.index(); item < blocks(a); item += block.count()) {
    const std::int64_t row = item / a.slices();
    const std::int64_t begin = item % a.slices() * BuildLeaves::slice;
    const LadderShape shape = ladder_shape_of(a.scans[row], a.steepest);
    const std::int64_t end = least(begin + BuildLeaves::slice, a.scans[row].rest());
    if (shape.levels == 0 || begin >= end) {
      continue;
    }
    const auto leaves = static_cast<int>(shape.leaves());
    double* const out = a.leaves + item * a.most_leaves * ladder_moments;
    std::uint32_t longest = 0;
    for (std::int64_t at = begin; at < end; at += BuildLeaves::chunk) {
      const auto count = static_cast<int>(least<std::int64_t>(BuildLeaves::chunk, end - at));
      sort_chunk(block, a.depths + row * a.stride + at, count, shape.scale(), space, leaves);
      longest = most(longest, sum_leaves(block, space, leaves, out, at == begin));
      block.sync();  // the next chunk may overwrite both, and read what was stored
    }
    longest =
        reduce_block(block, scratch, longest, [](std::uint32_t x, std::uint32_t y) { return most(x, y); });
    if (block.thread() == 0) {
      a.additions[item] = longest;
    }
  }
}

}  // namespace tempsweep::kernels
