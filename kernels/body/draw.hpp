// SPDX-License-Identifier: Apache-2.0
// Draws from alias and inverse tables into integer histograms. Bound by the table look-ups (8 bytes from L2 a
// draw) and the additions to global memory; equal tokens of a warp are added up first, since at low
// temperatures nearly all draws hit one token. Counts are integers: their order does not show.
#pragma once

#include "tempsweep/math/alias_draw.hpp"
#include "tempsweep/math/inverse_table.hpp"

#include "kernels/arguments/draws.hpp"
#include "kernels/body/intrinsics.hpp"

namespace tempsweep::kernels {

/// Stands for a thread without a draw: tokens are below 2³¹.
inline constexpr std::uint32_t no_token = ~std::uint32_t{0};

/// Every lane of the warp takes part, with its token or with no_token.
template <class Block>
TEMPSWEEP_DEVICE void count_warp(Block& block, std::uint32_t token, const std::uint32_t* names,
                                 std::uint64_t* counts) {
  const unsigned equal = block.match_any(token);
  if (token != no_token && block.lane() == lowest_bit(equal)) {
    const std::uint32_t name = names == nullptr ? token : names[token];
    block.atomic_add(counts + name, static_cast<std::uint64_t>(count_bits(equal)));
  }
}

[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t chunks(const DrawTokens& a) {
  return static_cast<std::int64_t>((a.n + DrawTokens::draws_a_block - 1) / DrawTokens::draws_a_block);
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const DrawTokens&) {
  return 0;
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const DrawTokens& a) {
  return a.points * chunks(a);
}

struct AliasTokens {
  const AliasEntry* entries;
  int column_bits;
  TEMPSWEEP_HD std::uint32_t operator()(std::uint64_t word) const {
    return draw_token(entries, column_bits, word);
  }
};

struct InverseTokens {
  InverseView table;
  TEMPSWEEP_HD std::uint32_t operator()(std::uint64_t word) const { return draw_token(table, word); }
};

/// Draws begin … end − 1; begin is even, so every 128-bit block of the stream gives two.
/// \param token_of  from a word to its token
template <class Block, class TokenOf>
TEMPSWEEP_DEVICE void draw_chunk(Block& block, const PointStream& stream, const TokenOf& token_of,
                                 std::uint64_t begin, std::uint64_t end, const std::uint32_t* names,
                                 std::uint64_t* counts) {
  const auto step = 2 * static_cast<std::uint64_t>(block.threads());
  for (std::uint64_t first = begin; first < end; first += step) {
    const std::uint64_t draw = first + 2 * static_cast<std::uint64_t>(block.thread());
    std::uint32_t even = no_token;
    std::uint32_t odd = no_token;
    if (draw < end) {
      const PhiloxBlock words = stream.block(draw >> 1U);
      even = token_of(join_words(words.x, words.y));
      odd = draw + 1 < end ? token_of(join_words(words.z, words.w)) : no_token;
    }
    count_warp(block, even, names, counts);
    count_warp(block, odd, names, counts);
  }
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const DrawTokens& a) {
  const int column_bits = alias_column_bits(static_cast<std::uint64_t>(a.columns));
  for (std::int64_t item = block.index(); item < blocks(a); item += block.count()) {
    const std::int64_t place = item / chunks(a);
    const std::int64_t point = a.first + place;
    const std::int64_t row = point / a.temperatures;
    if (a.scans[row].status != RowStatus::ok) {
      continue;
    }
    const std::uint32_t* const names = a.token == nullptr ? nullptr : a.token + row * a.stride;
    std::uint64_t* const counts = a.counts + place * a.tokens;
    const std::uint64_t done = static_cast<std::uint64_t>(item % chunks(a)) * DrawTokens::draws_a_block;
    const std::uint64_t n = least(DrawTokens::draws_a_block, a.n - done);
    if (a.sure[place] >= 0) {
      if (block.thread() == 0) {
        block.atomic_add(counts + (names == nullptr ? a.sure[place] : names[a.sure[place]]), n);
      }
      continue;
    }
    const bool alias = a.entries != nullptr;
    const PointStream stream = point_stream(
        a.seed, a.temperature[point % a.temperatures], static_cast<std::uint32_t>(a.columns),
        alias ? Purpose::alias : Purpose::inverse, static_cast<std::uint64_t>(a.first_row + row));
    const std::uint64_t begin = a.n_first + done;
    if (alias) {
      draw_chunk(block, stream, AliasTokens{a.entries + (place << column_bits), column_bits}, begin,
                 begin + n, names, counts);
    } else {
      const InverseView table{a.through + (place << column_bits), a.guide + (place << column_bits),
                              static_cast<std::uint32_t>(a.columns - 1), column_bits};
      draw_chunk(block, stream, InverseTokens{table}, begin, begin + n, names, counts);
    }
  }
}

}  // namespace tempsweep::kernels
