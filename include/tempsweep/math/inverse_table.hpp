// SPDX-License-Identifier: Apache-2.0
// Sampling by the inverse of the distribution function, in integers: running sums of the W_i, and a guide
// table into them (Chen and Asau, AIIE Transactions 6, 1974). The law is the alias table's, to the last unit.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tempsweep/math/host_device.hpp"
#include "tempsweep/math/integer_law.hpp"

namespace tempsweep {

/// What a draw looks at; a plain value, free to copy to a device.
struct InverseView {
  const std::uint64_t* through;  ///< [V] W_0 + … + W_i; the last is 2^(c+32)
  const std::uint32_t* guide;    ///< [2^c] first i with through[i] > g·2^32
  std::uint32_t last;            ///< last token with W > 0: no draw gives one behind it
  int column_bits;               ///< c
};

/// First i in [first, last] with through[i] > bound; `last` is one.
TEMPSWEEP_HD inline std::uint32_t first_beyond(const std::uint64_t* through, std::uint32_t first,
                                               std::uint32_t last, std::uint64_t bound) {
  while (first < last) {
    const std::uint32_t middle = first + (last - first) / 2;
    if (through[middle] > bound) {
      last = middle;
    } else {
      first = middle + 1;
    }
  }
  return first;
}

/// Top c + 32 bits of the word: the place in the distribution function. Every word is valid, and a token of
/// weight 0 spans no place, so none gives it.
TEMPSWEEP_HD inline std::uint32_t draw_token(const InverseView& table, std::uint64_t word) {
  // Two shifts: one by 64 - c would be undefined at c = 0.
  const std::uint64_t column = (word >> 1U) >> (63 - table.column_bits);
  const bool at_end = column + 1 == std::uint64_t{1} << table.column_bits;
  return first_beyond(table.through, table.guide[column], at_end ? table.last : table.guide[column + 1],
                      word >> (32 - table.column_bits));
}

/// The running sums and the guide of one law; the memory is kept from one build to the next.
struct InverseTable : IntegerLaw {
  std::vector<std::uint64_t> through;
  std::vector<std::uint32_t> guide;

  [[nodiscard]] InverseView view() const {
    return {through.data(), guide.data(), last_supported, column_bits};
  }
};

/// Bytes that a table and its working memory take for a vocabulary; up to two columns a token.
[[nodiscard]] inline std::uint64_t inverse_bytes(std::uint64_t tokens) {
  return law_bytes(tokens) + tokens * (sizeof(std::uint64_t) + 2 * sizeof(std::uint32_t));
}

/// Builds the table of the law w_i / Z, of weights as build_integer_law takes them.
inline void build_inverse_table(std::span<const double> weights, LawScratch& scratch, InverseTable& table) {
  build_integer_law(weights, scratch, table);
  table.through.resize(table.weights.size());
  table.guide.resize(std::size_t{1} << table.column_bits);
  std::uint64_t sum = 0;
  std::uint64_t next = 0;  // column whose guide is still open
  for (std::size_t i = 0; i < table.weights.size(); ++i) {
    sum += table.weights[i];
    table.through[i] = sum;
    const std::uint64_t open = (sum + 0xffffffffU) >> 32U;  // columns that begin below the sum
    for (; next < open; ++next) {
      table.guide[next] = static_cast<std::uint32_t>(i);
    }
  }
}

}  // namespace tempsweep
