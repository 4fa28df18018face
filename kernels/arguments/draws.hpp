// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tempsweep/math/alias_table.hpp"
#include "tempsweep/math/row_scan.hpp"

#include "kernels/arguments/common.hpp"

namespace tempsweep::kernels {

/// The alias table of one point, and the memory that its making takes.
struct AliasSpace {
  std::uint64_t* weights;  ///< [columns] bits of the weights; then the remainders
  std::uint64_t* shares;   ///< [columns] W_i
  std::uint32_t* members;  ///< [2^c] light columns from the front, heavy ones from the back
  std::uint64_t* amounts;  ///< [2^c] running deficits and excesses, at the places of `members`
  AliasEntry* entries;     ///< [2^c], or null: the shares alone are wanted
};

/// Alias tables of points first … first + points − 1: a block of threads each.
struct BuildAlias {
  static constexpr const char* name = "build_alias";
  static constexpr int threads = 256;
  const double* logits;  ///< [rows, stride]
  std::int64_t columns, stride;
  const RowScan* scans;
  const double* temperature;  ///< [temperatures]
  std::int64_t temperatures, first, points;
  AliasSpace space;    ///< of the first point; those of the others follow, each array [points, …]
  std::int64_t* sure;  ///< [points]: the only token with a weight, or −1 when there are several
};

/// Points first … first + points − 1, their addresses and where their counts go.
struct DrawnPoints {
  std::int64_t columns, stride;
  const RowScan* scans;
  const double* temperature;
  std::int64_t temperatures, first, points;
  std::uint64_t seed;
  std::int64_t first_row;      ///< number of row 0 in the whole input
  const std::uint32_t* token;  ///< [rows, stride] or null
  std::int64_t tokens;
  std::uint64_t* counts;  ///< [points, tokens], added to
};

/// Draws n_first … n_first + n − 1 of every point into counts.
struct DrawTokens : DrawnPoints {
  static constexpr const char* name = "draw_tokens";
  static constexpr int threads = 256;
  static constexpr std::uint64_t draws_a_block = std::uint64_t{1} << 16U;
  const AliasEntry* entries;  ///< [points, 2^c]
  const std::int64_t* sure;
  std::uint64_t n_first, n;
};

/// All n draws of every point, by its tree: a block of threads each.
struct DrawMultinomial : DrawnPoints {
  static constexpr const char* name = "draw_multinomial";
  static constexpr int threads = 256;
  std::uint64_t* sums;   ///< [points, columns] W_i; then their running sums
  std::uint64_t* nodes;  ///< [points, columns] working memory: counts of nodes, each at its first token
  std::uint64_t n;
};

}  // namespace tempsweep::kernels
