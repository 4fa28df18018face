// SPDX-License-Identifier: Apache-2.0
// Draws from alias and inverse tables into integer histograms. Bounds on an H100 at 1.75 GHz, in draws a
// second from an alias table; distance from them: not run yet (docs/gpu-status.md).
//   table in L2: an entry of 8 bytes is a sector of 32: 5.5 TB/s of L2 are 0.17e12; the entries of a warp lie
//     in 32 lines, one a clock through L1: 0.23e12
//   table in shared memory: 8 bytes a lane at random banks, about 7 clocks a warp: 1.0e12; the 54
//     instructions of a draw, 26 of them Philox: 0.55e12
//   counting: 32-bit additions in shared memory, 3 to 4 clocks a warp: 2e12; 64-bit ones in global memory are
//     a sector of the L2 that looks up, and to one address one a clock: 0.0018e12
// So counts are taken in shared memory and flushed once a block of threads (draw_counters.hpp), and tables
// that fit beside them are copied there. Columns are drawn evenly whatever the temperature, so look-ups cost
// the same for all laws. Counting costs less for cold ones: the likeliest token is counted in a register,
// where no lane holds up another; the rest is rare, unless tokens tie, and then equal tokens of a warp are
// one ATOMS.POPC.INC. In vocabularies beyond the bins (58 k on sm_90, 25 k on sm_86) tokens share bins, each
// for the likeliest of its tokens: at 128 256 tokens of normal logits of deviation 3 the 32 768 bins of sm_90
// serve 96 % of the draws at T = 1, 71 % at T = 2, 25 % of a flat law. The others go to global memory, equal
// ones of a warp together.
// Sectioned tables, which draw first a section and then within it, would give a word another token: not for
// us. Two blocks of the stream a thread are under way at a time, so four look-ups wait together.
#pragma once

#include "tempsweep/math/alias_draw.hpp"
#include "tempsweep/math/inverse_table.hpp"

#include "kernels/body/draw_counters.hpp"

namespace tempsweep::kernels {

[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t chunks(const DrawTokens& a) {
  return static_cast<std::int64_t>((a.n + a.draws_of_a_block() - 1) / a.draws_of_a_block());
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t staged_entries(const DrawTokens& a) {
  return a.plan.staged ? std::int64_t{1} << alias_column_bits(static_cast<std::uint64_t>(a.columns)) : 0;
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const DrawTokens& a) {
  const std::int64_t bins = round_up(a.plan.bins * std::int64_t{sizeof(std::uint32_t)}, 16);
  const std::int64_t tags = a.tagged() ? round_up(a.plan.bins, 16) : 0;
  return static_cast<std::size_t>(bins + tags + staged_entries(a) * std::int64_t{sizeof(AliasEntry)});
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const DrawTokens& a) {
  return a.points * chunks(a);
}

template <class Entries>
struct AliasTokens {
  Entries entries;
  int column_bits;
  TEMPSWEEP_HD std::uint32_t operator()(std::uint64_t word) const {
    return draw_token(entries, column_bits, word);
  }
};

struct InverseTokens {
  InverseView table;
  TEMPSWEEP_HD std::uint32_t operator()(std::uint64_t word) const { return draw_token(table, word); }
};

/// What one block of threads draws of one point.
struct DrawChunk {
  PointStream stream;
  std::uint64_t begin, n;  ///< begin is even, so that every 128-bit block of the stream gives two draws
};

/// \param token_of  from a word to its token
template <class Block, class TokenOf, class Counter>
TEMPSWEEP_DEVICE void draw_chunk(Block& block, const DrawChunk& chunk, const TokenOf& token_of,
                                 Counter counter) {
  const auto threads = static_cast<std::uint64_t>(block.threads());
  const auto thread = static_cast<std::uint64_t>(block.thread());
  const std::uint64_t first = chunk.begin >> 1U;
  const std::uint64_t rounds_end = chunk.n / (4 * threads) * (2 * threads);
#pragma unroll 1
  for (std::uint64_t pair = thread; pair < rounds_end; pair += 2 * threads) {
    const PhiloxBlock near = chunk.stream.block(first + pair);
    const PhiloxBlock far = chunk.stream.block(first + pair + threads);
    const std::uint32_t tokens[4] = {token_of(join_words(near.x, near.y)),
                                     token_of(join_words(near.z, near.w)), token_of(join_words(far.x, far.y)),
                                     token_of(join_words(far.z, far.w))};
    for (const std::uint32_t token : tokens) {
      counter.add(block, token);
    }
  }
#pragma unroll 1
  for (std::uint64_t done = 2 * rounds_end; done < chunk.n; done += 2 * threads) {
    const std::uint64_t draw = done + 2 * thread;
    std::uint32_t even = no_token;
    std::uint32_t odd = no_token;
    if (draw < chunk.n) {
      const PhiloxBlock words = chunk.stream.block(first + (draw >> 1U));
      even = token_of(join_words(words.x, words.y));
      odd = draw + 1 < chunk.n ? token_of(join_words(words.z, words.w)) : no_token;
    }
    counter.add(block, even);
    counter.add(block, odd);
  }
  counter.flush(block);
}

/// One point at a time, and the block's shared memory.
template <class Bins, class Tags, class Entries>
struct Drawing {
  const DrawTokens& a;
  Bins bins;
  Tags tags;
  Entries table;
  std::int64_t place = 0;
  CountRow to;
  HotToken hot;
  int column_bits = 0;

  template <class Block, class TokenOf>
  TEMPSWEEP_DEVICE void count(Block& block, const DrawChunk& chunk, const TokenOf& token_of) const {
    if (a.plan.bins == 0) {
      draw_chunk(block, chunk, token_of, GlobalCounter{to});
      return;
    }
    clear_bins(block, bins, a.plan.bins);
    if (a.tagged()) {
      const SlotCounter<Bins, Tags> counter{to, hot, bins, tags,
                                            lowest_bit(static_cast<unsigned>(a.plan.bins))};
      counter.choose(block, a.shares + place * a.columns, a.columns);
      block.sync();
      draw_chunk(block, chunk, token_of, counter);
    } else {
      block.sync();
      draw_chunk(block, chunk, token_of, BinCounter<Bins>{to, hot, bins, a.plan.bins});
    }
  }

  template <class Block>
  TEMPSWEEP_DEVICE void draw(Block& block, const DrawChunk& chunk) const {
    const std::int64_t column = place << column_bits;
    if (a.plan.staged) {
      for (std::int64_t i = block.thread(); i < staged_entries(a); i += block.threads()) {
        table[i] = a.entries[column + i];
      }
      clear_bins(block, bins, a.plan.bins);
      block.sync();
      draw_chunk(block, chunk, AliasTokens<Entries>{table, column_bits},
                 BinCounter<Bins>{to, hot, bins, a.plan.bins});
    } else if (a.entries != nullptr) {
      count(block, chunk, AliasTokens<const AliasEntry*>{a.entries + column, column_bits});
    } else {
      count(block, chunk,
            InverseTokens{{a.through + column, a.guide + column, static_cast<std::uint32_t>(a.columns - 1),
                           column_bits}});
    }
  }
};

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const DrawTokens& a) {
  auto bins = block.template shared<std::uint32_t>(static_cast<int>(a.plan.bins));
  auto tags = block.template shared<std::uint8_t>(a.tagged() ? static_cast<int>(a.plan.bins) : 0);
  auto table = block.template shared<AliasEntry>(static_cast<int>(staged_entries(a)));
  using Space = Drawing<decltype(bins), decltype(tags), decltype(table)>;
  const int column_bits = alias_column_bits(static_cast<std::uint64_t>(a.columns));
  for (std::int64_t item = block.index(); item < blocks(a); item += block.count()) {
    const std::int64_t place = item / chunks(a);
    const std::int64_t point = a.first + place;
    const std::int64_t row = point / a.temperatures;
    if (a.scans[row].status != RowStatus::ok) {
      continue;
    }
    const CountRow to{a.token == nullptr ? nullptr : a.token + row * a.stride, a.counts + place * a.tokens};
    const std::uint64_t done = static_cast<std::uint64_t>(item % chunks(a)) * a.draws_of_a_block();
    const std::uint64_t n = least(a.draws_of_a_block(), a.n - done);
    if (a.sure[place] >= 0) {
      if (block.thread() == 0) {
        to.add(block, a.sure[place], n);
      }
      continue;
    }
    const PointStream stream =
        point_stream(a.seed, a.temperature[point % a.temperatures], static_cast<std::uint32_t>(a.columns),
                     a.entries != nullptr ? Purpose::alias : Purpose::inverse,
                     static_cast<std::uint64_t>(a.first_row + row));
    const HotToken hot{static_cast<std::uint32_t>(a.scans[row].top_token)};
    const Space space{a, bins, tags, table, place, to, hot, column_bits};
    space.draw(block, {stream, a.n_first + done, n});
  }
}

}  // namespace tempsweep::kernels
