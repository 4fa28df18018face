// SPDX-License-Identifier: Apache-2.0
// Where the draws of one point are counted by a block of threads. All are integers: neither the place nor the
// order shows in the counts.
#pragma once

#include "kernels/arguments/draws.hpp"
#include "kernels/body/collectives.hpp"
#include "kernels/body/intrinsics.hpp"

namespace tempsweep::kernels {

/// Stands for a thread without a draw: tokens are below 2³¹.
inline constexpr std::uint32_t no_token = ~std::uint32_t{0};

/// A block counts at most so many draws between two flushes, and so does each of its 32-bit counters.
static_assert(DrawTokens::most_draws_a_block <= 0xffffffffU);

/// The counts of one point in global memory.
struct CountRow {
  const std::uint32_t* names = nullptr;  ///< [columns] or null
  std::uint64_t* counts = nullptr;

  template <class Block>
  TEMPSWEEP_DEVICE void add(Block& block, std::int64_t token, std::uint64_t draws) const {
    block.atomic_add(counts + (names == nullptr ? token : names[token]), draws);
  }
  /// Equal tokens of a warp together: every lane takes part, with its token or with no_token.
  template <class Block>
  TEMPSWEEP_DEVICE void add_warp(Block& block, std::uint32_t token) const {
    const unsigned equal = block.match_any(token);
    if (token != no_token && block.lane() == lowest_bit(equal)) {
      add(block, token, static_cast<std::uint64_t>(count_bits(equal)));
    }
  }
};

/// Straight to global memory, where the draws are too few for anything else.
struct GlobalCounter {
  CountRow to;

  template <class Block>
  TEMPSWEEP_DEVICE void add(Block& block, std::uint32_t token) const {
    to.add_warp(block, token);
  }
  template <class Block>
  TEMPSWEEP_DEVICE void flush(Block&) const {}
};

/// The likeliest token of the point, in a register: cold, nearly all draws are of it.
struct HotToken {
  std::uint32_t token = 0;
  std::uint32_t draws = 0;

  template <class Block>
  TEMPSWEEP_DEVICE void flush(Block& block, const CountRow& to) const {
    const std::uint32_t all =
        reduce_warp(block, draws, [](std::uint32_t a, std::uint32_t b) { return a + b; });
    if (block.lane() == 0 && all != 0) {
      to.add(block, token, all);
    }
  }
};

/// Zeroes the counters of this thread. A thread zeroes what it has flushed itself, so that nothing need be
/// waited for between a flush and the next point.
template <class Block, class Bins>
TEMPSWEEP_DEVICE void clear_bins(Block& block, Bins bins, std::int64_t count) {
  for (std::int64_t i = block.thread(); i < count; i += block.threads()) {
    bins[i] = 0U;
  }
}

/// A counter a token in shared memory.
template <class Bins>
struct BinCounter {
  CountRow to;
  HotToken hot;
  Bins bins;
  std::int64_t tokens = 0;

  template <class Block>
  TEMPSWEEP_DEVICE void add(Block& block, std::uint32_t token) {
    const bool is_hot = token == hot.token;
    hot.draws += is_hot ? 1 : 0;
    if (!is_hot && token != no_token) {
      block.atomic_add(bins, static_cast<int>(token), 1U);
    }
  }
  template <class Block>
  TEMPSWEEP_DEVICE void flush(Block& block) const {
    block.sync();
    for (std::int64_t i = block.thread(); i < tokens; i += block.threads()) {
      const std::uint32_t draws = bins[i];
      if (draws != 0) {
        to.add(block, i, draws);
      }
    }
    hot.flush(block, to);
  }
};

/// Fewer counters than tokens: counter s is for the likeliest token of s, s + 2^bits, s + 2·2^bits, …; the
/// others are counted in global memory.
template <class Bins, class Tags>
struct SlotCounter {
  static constexpr std::uint32_t no_tag = 255;
  CountRow to;
  HotToken hot;
  Bins bins;
  Tags tags;  ///< whose counter it is: token / 2^bits
  int bits = 0;

  /// \param shares  [columns] W_i of the point
  template <class Block>
  TEMPSWEEP_DEVICE void choose(Block& block, const std::uint64_t* shares, std::int64_t columns) const {
    for (std::int64_t slot = block.thread(); slot < std::int64_t{1} << bits; slot += block.threads()) {
      std::uint64_t most = 0;
      std::uint32_t best = no_tag;
      for (std::uint32_t tag = 0; tag < no_tag; ++tag) {
        const std::int64_t token = (std::int64_t{tag} << bits) + slot;
        if (token >= columns) {
          break;
        }
        if (shares[token] > most) {
          most = shares[token];
          best = tag;
        }
      }
      tags[slot] = static_cast<std::uint8_t>(best);
    }
  }
  template <class Block>
  TEMPSWEEP_DEVICE void add(Block& block, std::uint32_t token) {
    const auto slot = static_cast<int>(token & ((1U << static_cast<unsigned>(bits)) - 1));
    bool rest = false;
    if (token == hot.token) {
      ++hot.draws;
    } else if (token != no_token) {
      const std::uint32_t tag = tags[slot];
      rest = tag == no_tag || tag != token >> static_cast<unsigned>(bits);
      if (!rest) {
        block.atomic_add(bins, slot, 1U);
      }
    }
    if (block.ballot(rest) != 0) {
      to.add_warp(block, rest ? token : no_token);
    }
  }
  template <class Block>
  TEMPSWEEP_DEVICE void flush(Block& block) const {
    block.sync();
    for (std::int64_t slot = block.thread(); slot < std::int64_t{1} << bits; slot += block.threads()) {
      const std::uint32_t draws = bins[slot];
      if (draws != 0) {
        const std::uint32_t tag = tags[slot];
        to.add(block, (std::int64_t{tag} << bits) + slot, draws);
      }
    }
    hot.flush(block, to);
  }
};

}  // namespace tempsweep::kernels
