// SPDX-License-Identifier: Apache-2.0
// Draws by exponential races (math/gumbel_draw.hpp), a warp a draw: lanes take pairs of tokens, one 128-bit
// block of the stream each, and the earliest of the lanes' leaders wins. Bound by Philox: the favourite goes
// first in every lane, so that few tokens need a logarithm; 26 instructions a token are Philox, 1.1e12 a
// second on an H100. Distance: not run yet (docs/gpu-status.md). The order of meeting does not show.
#pragma once

#include "tempsweep/math/gumbel_draw.hpp"

#include "kernels/body/alias_weights.hpp"

namespace tempsweep::kernels {

[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const MakeRaces&) {
  return 0;
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const MakeRaces& a) {
  return pieces(a.points * a.columns, MakeRaces::threads);
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const MakeRaces& a) {
  const std::int64_t step = block.count() * block.threads();
  for (std::int64_t k = block.index() * block.threads() + block.thread(); k < a.points * a.columns;
       k += step) {
    const std::int64_t place = k / a.columns;
    if (a.scans[(a.first + place) / a.temperatures].status == RowStatus::ok) {
      a.inverse[k] = 1 / cut_row(a, place).weight(k % a.columns);
    }
  }
}

[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t chunks(const DrawRaces& a) {
  return static_cast<std::int64_t>((a.n + DrawRaces::draws_a_block - 1) / DrawRaces::draws_a_block);
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const DrawRaces&) {
  return 0;
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const DrawRaces& a) {
  return a.points * chunks(a);
}

/// The token of one draw; all lanes of the warp take part, and get it.
template <class Block>
TEMPSWEEP_DEVICE std::uint32_t race_warp(Block& block, const PointStream& stream, std::uint64_t draw,
                                         const double* inverse, std::int64_t tokens, std::int64_t favourite) {
  const std::uint64_t first = race_block(draw, static_cast<std::uint64_t>(tokens));
  RaceLeader leader = RaceLeader::none();
  leader.enter(static_cast<std::uint32_t>(favourite), inverse[favourite],
               stream.word(2 * first + static_cast<std::uint64_t>(favourite)));
  constexpr std::int64_t step = 2 * std::int64_t{warp_threads};
  for (std::int64_t token = 2 * std::int64_t{block.lane()}; token < tokens; token += step) {
    const PhiloxBlock words = stream.block(first + static_cast<std::uint64_t>(token) / 2);
    const auto name = static_cast<std::uint32_t>(token);
    leader.enter(name, inverse[token], join_words(words.x, words.y));
    if (token + 1 < tokens) {
      leader.enter(name + 1, inverse[token + 1], join_words(words.z, words.w));
    }
  }
  for (int distance = 1; distance < warp_threads; distance *= 2) {
    const double time = block.shuffle_xor(leader.time, distance);
    leader.meet({time, block.shuffle_xor(leader.token, distance), 0});
  }
  return leader.token;
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const DrawRaces& a) {
  for (std::int64_t item = block.index(); item < blocks(a); item += block.count()) {
    const std::int64_t place = item / chunks(a);
    const std::int64_t point = a.first + place;
    const std::int64_t row = point / a.temperatures;
    const RowScan scan = a.scans[row];
    if (scan.status != RowStatus::ok) {
      continue;
    }
    const std::uint32_t* const names = a.token == nullptr ? nullptr : a.token + row * a.stride;
    const PointStream stream =
        point_stream(a.seed, a.temperature[point % a.temperatures], static_cast<std::uint32_t>(a.columns),
                     Purpose::gumbel, static_cast<std::uint64_t>(a.first_row + row));
    const std::uint64_t done = static_cast<std::uint64_t>(item % chunks(a)) * DrawRaces::draws_a_block;
    const std::uint64_t end = least(done + DrawRaces::draws_a_block, a.n);
    for (std::uint64_t draw = done + static_cast<std::uint64_t>(block.warp()); draw < end;
         draw += DrawRaces::threads / warp_threads) {
      const std::uint32_t token = race_warp(block, stream, a.n_first + draw, a.inverse + place * a.columns,
                                            a.columns, scan.top_token);
      if (block.lane() == 0) {
        block.atomic_add(a.counts + place * a.tokens + (names == nullptr ? token : names[token]),
                         std::uint64_t{1});
      }
    }
  }
}

}  // namespace tempsweep::kernels
