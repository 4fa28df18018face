// SPDX-License-Identifier: Apache-2.0
// Walker's alias table in integers: no rounding after the W_i, so the law a table induces is known exactly.
// Pairing is the sequential sweep of Huebschle-Schneider and Sanders, "Parallel Weighted Random Sampling"
// (ACM TOMS 2022, arXiv 1903.00227), which has one fixed result and splits over processors by prefix sums.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tempsweep/math/integer_law.hpp"

namespace tempsweep {

/// One column of 2^32 units: the first `threshold` belong to the token of the column's own number, the others
/// to `alias`. A full column has alias = itself (and threshold 0).
struct AliasEntry {
  std::uint32_t threshold, alias;
  friend constexpr bool operator==(const AliasEntry&, const AliasEntry&) = default;
};

/// The table of one law of V tokens.
struct AliasTable : IntegerLaw {
  std::vector<AliasEntry> entries;  ///< N = 2^column_bits >= V columns; those beyond V have threshold 0
};

/// Working memory of build_alias_table, one per thread.
struct AliasScratch : LawScratch {
  std::vector<std::uint32_t> light, heavy;
};

/// Bytes that a table and its working memory take for a vocabulary; up to two columns a token.
[[nodiscard]] inline std::uint64_t alias_bytes(std::uint64_t tokens) {
  return law_bytes(tokens) + tokens * (2 * sizeof(AliasEntry) + 4 * sizeof(std::uint32_t));
}

namespace alias_detail {

/// Splits the columns, padding included, into light (W < 2^32) and heavy, ascending.
inline void split_columns(AliasScratch& scratch, const AliasTable& table) {
  const std::size_t tokens = table.weights.size();
  const std::size_t columns = table.entries.size();
  scratch.light.resize(columns);
  scratch.heavy.resize(columns + 1);
  std::size_t light = 0;
  std::size_t heavy = 0;
  for (std::size_t i = 0; i < tokens; ++i) {
    const bool full = table.weights[i] >> alias_capacity_bits != 0;
    scratch.light[light] = static_cast<std::uint32_t>(i);
    scratch.heavy[heavy] = static_cast<std::uint32_t>(i);
    light += full ? 0 : 1;
    heavy += full ? 1 : 0;
  }
  for (std::size_t i = tokens; i < columns; ++i) {
    scratch.light[light++] = static_cast<std::uint32_t>(i);
  }
  scratch.light.resize(light);
  scratch.heavy.resize(heavy);
}

/// The sweep: while the current heavy token has more than a column, it fills up the next light one; what is
/// left of it, at most a column, becomes its own column, filled up by the next heavy token. One column a
/// step.
inline void pair_columns(const AliasScratch& scratch, AliasTable& table) {
  constexpr std::uint64_t capacity = std::uint64_t{1} << alias_capacity_bits;
  const std::size_t tokens = table.weights.size();
  const std::size_t heavies = scratch.heavy.size();
  std::size_t light = 0;
  std::size_t next = 1;
  std::uint32_t current = scratch.heavy[0];
  std::uint64_t left = table.weights[current];
  while (true) {
    while (left > capacity) {
      const std::uint32_t column = scratch.light[light++];
      const std::uint64_t weight = column < tokens ? table.weights[column] : 0;
      table.entries[column] = {static_cast<std::uint32_t>(weight), current};
      left -= capacity - weight;
    }
    if (next == heavies) {  // the masses add up: this column is full, and every other one is done
      table.entries[current] = {0, current};
      return;
    }
    const std::uint32_t successor = scratch.heavy[next++];
    const bool full = left == capacity;
    table.entries[current] = {full ? 0U : static_cast<std::uint32_t>(left), full ? current : successor};
    left = table.weights[successor] - (capacity - left);
    current = successor;
  }
}

}  // namespace alias_detail

/// Builds the table of the law w_i / Z, of weights as build_integer_law takes them. Same weights, same table,
/// on any machine. Time linear in V, about 10 ns a token.
inline void build_alias_table(std::span<const double> weights, AliasScratch& scratch, AliasTable& table) {
  build_integer_law(weights, scratch, table);
  table.entries.resize(std::size_t{1} << table.column_bits);
  alias_detail::split_columns(scratch, table);
  alias_detail::pair_columns(scratch, table);
}

}  // namespace tempsweep
