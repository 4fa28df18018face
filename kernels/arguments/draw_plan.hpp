// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>

#include "kernels/arguments/draws.hpp"

namespace tempsweep::kernels {

/// What draws are planned for.
struct DrawRoom {
  std::int64_t shared_bytes = 0;  ///< that a block of threads may have
  int multiprocessors = 1;
};

/// Draws for every token, or column, that a block zeroes, copies or flushes: below, shared memory does not
/// pay. Not measured yet.
inline constexpr std::int64_t draws_a_flushed_token = 4;
/// Blocks of threads that keep a multiprocessor busy to the end of a launch, where one flushes enough draws;
/// else it gets one of them. Not measured yet.
inline constexpr std::int64_t draw_blocks_a_multiprocessor = 8;

[[nodiscard]] constexpr std::int64_t tagged_bins(std::int64_t shared_bytes) {
  constexpr std::int64_t bytes = sizeof(std::uint32_t) + sizeof(std::uint8_t);
  constexpr std::int64_t fewest = 1024;
  const auto bins =
      static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(shared_bytes / bytes)));
  return bins < fewest ? 0 : bins;
}

/// Of a block of threads, where at least `blocks` share the work if it is enough for them.
[[nodiscard]] constexpr std::uint64_t draws_among(const DrawTokens& a, std::int64_t blocks) {
  const auto parts = static_cast<std::uint64_t>(pieces(blocks, a.points));
  const std::uint64_t draws =
      std::clamp((a.n + parts - 1) / parts, DrawTokens::draws_a_block, DrawTokens::most_draws_a_block);
  return draws + draws % 2;
}

/// \param a  with its table, columns, points and n
[[nodiscard]] constexpr DrawPlan plan_draws(const DrawTokens& a, const DrawRoom& room) {
  const std::int64_t fewest_blocks = std::max(room.multiprocessors, 1);
  const auto pays = [&](std::uint64_t draws, std::int64_t flushed) {
    return std::min(draws, a.n) >= static_cast<std::uint64_t>(draws_a_flushed_token * flushed);
  };
  DrawPlan plan{};
  plan.draws = draws_among(a, fewest_blocks * draw_blocks_a_multiprocessor);
  if (const std::uint64_t more = draws_among(a, fewest_blocks); !pays(plan.draws, a.columns)) {
    if (!pays(more, a.columns)) {
      return plan;
    }
    plan.draws = more;
  }
  const std::int64_t bin_bytes = round_up(a.columns * std::int64_t{sizeof(std::uint32_t)}, 16);
  if (bin_bytes > room.shared_bytes) {
    plan.bins = tagged_bins(room.shared_bytes);
    return plan;
  }
  plan.bins = a.columns;
  const std::int64_t columns = std::int64_t{1} << alias_column_bits(static_cast<std::uint64_t>(a.columns));
  plan.staged = a.entries != nullptr && pays(plan.draws, columns) &&
                bin_bytes + columns * std::int64_t{sizeof(AliasEntry)} <= room.shared_bytes;
  return plan;
}

}  // namespace tempsweep::kernels
