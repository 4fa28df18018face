// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tempsweep/math/alias_table.hpp"
#include "tempsweep/math/truncation.hpp"

#include "kernels/arguments/common.hpp"

namespace tempsweep::kernels {

/// The tokens that a truncation leaves of one law: those above `edge`, and of the ones equal to it those up
/// to the index `last`.
struct LawCut {
  double edge;
  std::int64_t last;
  std::int64_t left;  ///< how many they are
  [[nodiscard]] TEMPSWEEP_HD bool keeps(double logit, std::int64_t index) const {
    return logit > edge || (logit == edge && index <= last);
  }
};

/// Points and their temperatures: what their laws are made from.
struct LawPoints : RowPoints {
  const double* temperature;  ///< [temperatures]
};

/// The same points while their tokens are drawn.
struct DrawnPoints {
  std::int64_t columns, stride;
  const RowScan* scans;       ///< top_token counts within the vocabulary
  const double* temperature;  ///< [temperatures]
  std::int64_t temperatures, first, points;
  std::uint64_t seed;
  std::int64_t first_row;      ///< number of row 0 in the whole input
  const std::uint32_t* token;  ///< [rows, stride] or null
  std::int64_t tokens;
  std::uint64_t* counts;  ///< [points, tokens], added to
};

/// The cuts of some points: a block of threads each.
// NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): filled by whoever queues it
struct CutLaws : LawPoints {
  static constexpr const char* name = "cut_laws";
  static constexpr int threads = 256;
  const double* sorted;      ///< [rows, ordered_stride], descending
  const double* depths;      ///< [rows, ordered_stride] of OrderRows
  const OrderedNode* nodes;  ///< [rows, node_stride]
  std::int64_t ordered_stride, node_stride;
  SurvivorLevels levels;
  LawCut* cuts;  ///< [points]
};

/// The alias table of one point, and the memory that its making takes.
struct AliasSpace {
  std::uint64_t* weights;  ///< [columns] bits of the weights; then the remainders
  std::uint64_t* shares;   ///< [columns] W_i
  std::uint32_t* members;  ///< [2^c] light columns from the front, heavy ones from the back
  std::uint64_t* amounts;  ///< [2^c] running deficits and excesses, at the places of `members`
  AliasEntry* entries;     ///< [2^c]
};

/// Alias tables of some points: a block of threads each.
struct BuildAlias : LawPoints {
  static constexpr const char* name = "build_alias";
  static constexpr int threads = 512;
  const LawCut* cuts;  ///< [points] or null: the full law
  AliasSpace space;    ///< of the first point; those of the others follow, each array [points, …]
  std::int64_t* sure;  ///< [points]: the only token with a weight, or −1 when there are several
};

/// Inverse tables of the same laws. Takes the same memory, but for the entries: the running sums are left in
/// `amounts`, [points, 2^c] of which V count, the guides in `members`.
struct BuildInverse {
  static constexpr const char* name = "build_inverse";
  static constexpr int threads = BuildAlias::threads;
  BuildAlias table;  ///< `entries` is not looked at
};

/// How DrawTokens shares out its work and where it counts (draw_plan.hpp); the counts do not hang on it.
struct DrawPlan {
  std::uint64_t draws;  ///< of a block of threads, even; 0: DrawTokens::draws_a_block
  /// 32-bit counters in shared memory: none, one a token, or a power of two, each for the likeliest of the
  /// tokens that are equal modulo it.
  std::int64_t bins;
  bool staged;  ///< whether an alias table is copied to shared memory; takes a bin a token
};

/// Draws n_first … n_first + n − 1 of every point into counts, by the alias table where there is one, else by
/// the inverse one. n_first is even.
struct DrawTokens : DrawnPoints {
  static constexpr const char* name = "draw_tokens";
  static constexpr int threads =
      768;  ///< 24 warps a multiprocessor in 80 registers, whatever shared memory they take
  static constexpr std::uint64_t draws_a_block = std::uint64_t{1} << 16U;  ///< the fewest that are planned
  static constexpr std::uint64_t most_draws_a_block = std::uint64_t{1} << 31U;
  const AliasEntry* entries;     ///< [points, 2^c] or null
  const std::uint64_t* through;  ///< [points, 2^c] running sums of BuildInverse
  const std::uint32_t* guide;    ///< [points, 2^c]
  const std::int64_t* sure;
  const std::uint64_t* shares;  ///< [points, columns] W_i; looked at where tokens share bins
  std::uint64_t n_first, n;
  DrawPlan plan;

  [[nodiscard]] TEMPSWEEP_HD constexpr bool tagged() const { return plan.bins > 0 && plan.bins < columns; }
  [[nodiscard]] TEMPSWEEP_HD constexpr std::uint64_t draws_of_a_block() const {
    const std::uint64_t planned = plan.draws == 0 ? draws_a_block : plan.draws;
    return planned < most_draws_a_block ? planned : most_draws_a_block;
  }
};

/// 1/w of every token of some points, inf where it has no weight.
struct MakeRaces : LawPoints {
  static constexpr const char* name = "make_races";
  static constexpr int threads = 256;
  const LawCut* cuts;  ///< [points] or null
  double* inverse;     ///< [points, columns]
};

/// Draws n_first … n_first + n − 1 of every point into counts, by exponential races: a warp a draw.
struct DrawRaces : DrawnPoints {
  static constexpr const char* name = "draw_races";
  static constexpr int threads = 256;
  static constexpr std::uint64_t draws_a_block = 64;
  const double* inverse;  ///< [points, columns]
  std::uint64_t n_first, n;
};

/// All n draws of every point into counts, by its tree: a block of threads each.
struct DrawMultinomial : DrawnPoints {
  static constexpr const char* name = "draw_multinomial";
  static constexpr int threads = 256;
  const std::uint64_t* through;  ///< [points, 2^c] running sums of BuildInverse
  std::uint64_t* nodes;          ///< [points, columns] working memory: a node's count at its first token
  std::uint64_t n;
};

}  // namespace tempsweep::kernels
