// SPDX-License-Identifier: Apache-2.0
// Walker's alias table in integers: no rounding after the W_i, so the law a table induces is known exactly.
// Pairing is the sequential sweep of Huebschle-Schneider and Sanders, "Parallel Weighted Random Sampling"
// (ACM TOMS 2022, arXiv 1903.00227), which has one fixed result and splits over processors by prefix sums.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

#include "tempsweep/math/alias_integers.hpp"
#include "tempsweep/math/host_device.hpp"

namespace tempsweep {

/// One column of 2^32 units: the first `threshold` belong to the token of the column's own number, the others
/// to `alias`. A full column has alias = itself (and threshold 0).
struct AliasEntry {
  std::uint32_t threshold, alias;
  friend constexpr bool operator==(const AliasEntry&, const AliasEntry&) = default;
};

/// The table of one law of V tokens; the memory is kept from one build to the next.
struct AliasTable {
  std::vector<AliasEntry> entries;     ///< N = 2^column_bits >= V columns; those beyond V have threshold 0
  std::vector<std::uint64_t> weights;  ///< W_i, V of them: the law is exactly W_i / 2^(column_bits + 32)
  int column_bits = 0;
  std::uint64_t support = 0;         ///< number of tokens with W_i > 0
  std::uint32_t last_supported = 0;  ///< the last of them: the only one when support = 1
};

/// Working memory of build_alias_table, one per thread.
struct AliasScratch {
  std::vector<std::uint64_t> remainders;  ///< first the a_i, then a_i 2^(c+32) mod sum
  std::vector<std::uint64_t> candidates;
  std::vector<std::uint32_t> light, heavy;
};

/// Bytes that a table and its working memory take for a vocabulary; up to two columns a token.
[[nodiscard]] inline std::uint64_t alias_bytes(std::uint64_t tokens) {
  return tokens * (2 * sizeof(AliasEntry) + 3 * sizeof(std::uint64_t) + 4 * sizeof(std::uint32_t));
}

namespace alias_detail {

inline constexpr int bucket_bits = 11;
using Buckets = std::array<std::uint32_t, std::size_t{1} << bucket_bits>;

inline int bucket_shift(std::uint64_t sum) {
  int shift = 0;
  while ((sum >> shift) >> bucket_bits != 0) {
    ++shift;
  }
  return shift;
}

inline double weight_total(std::span<const double> weights) {
  double total = 0;
  for (std::size_t begin = 0; begin < weights.size(); begin += weight_block_size) {
    total += weight_block_sum(weights.data() + begin,
                              std::min<std::uint64_t>(weight_block_size, weights.size() - begin));
  }
  return total;
}

/// The a_i into `integers`; returns their sum.
inline std::uint64_t integer_weights(std::span<const double> weights, WeightScale scale,
                                     std::vector<std::uint64_t>& integers) {
  integers.resize(weights.size());
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    integers[i] = scale.integer(weights[i]);
    sum += integers[i];
  }
  return sum;
}

/// floor(a_i 2^(c+32) / sum) into `shares`, the remainders in place of the a_i, and how many fall into each
/// bucket; returns the number of units left over.
inline std::uint64_t divide_all(std::uint64_t sum, int column_bits, std::vector<std::uint64_t>& integers,
                                std::vector<std::uint64_t>& shares, Buckets& buckets) {
  const ShareDivider divider = share_divider(sum, column_bits);
  const int shift = bucket_shift(sum);
  std::uint64_t missing = std::uint64_t{1} << divider.shift;
  buckets.fill(0);
  shares.resize(integers.size());
  for (std::size_t i = 0; i < integers.size(); ++i) {
    const Share share = divider.divide(integers[i]);
    shares[i] = share.quotient;
    missing -= share.quotient;
    integers[i] = share.remainder;
    ++buckets[share.remainder >> shift];
  }
  return missing;
}

/// Who gets one unit more: remainders above `cut`, and the first `ties` of those equal to it.
struct Cut {
  std::uint64_t cut, ties;
};

/// The `missing` largest remainders. Their sum is missing * sum and each is below sum, so more than `missing`
/// of them are positive: a token with a_i = 0 never gets a unit.
inline Cut largest_remainders(std::uint64_t missing, std::uint64_t sum, const Buckets& buckets,
                              const std::vector<std::uint64_t>& remainders,
                              std::vector<std::uint64_t>& candidates) {
  if (missing == 0) {
    return {~std::uint64_t{0}, 0};
  }
  std::size_t bucket = buckets.size() - 1;
  for (; buckets[bucket] < missing; --bucket) {
    missing -= buckets[bucket];
  }
  candidates.clear();
  candidates.reserve(buckets[bucket]);
  const int shift = bucket_shift(sum);
  for (const std::uint64_t remainder : remainders) {
    if (remainder >> shift == bucket) {
      candidates.push_back(remainder);
    }
  }
  const auto begin = candidates.begin();
  const auto [least, most] = std::minmax_element(begin, candidates.end());
  if (*least == *most) {  // ties throughout, as in a flat law, are the selection's slow case
    return {*least, missing};
  }
  const auto nth = begin + static_cast<std::ptrdiff_t>(missing - 1);
  std::nth_element(begin, nth, candidates.end(), std::greater<>());
  const auto above = std::count_if(begin, nth, [cut = *nth](std::uint64_t r) { return r > cut; });
  return {*nth, missing - static_cast<std::uint64_t>(above)};
}

/// Adds the missing units and splits the columns, padding included, into light (W < 2^32) and heavy,
/// ascending.
inline void finish_weights(Cut cut, AliasScratch& scratch, AliasTable& table) {
  const std::size_t tokens = table.weights.size();
  const std::size_t columns = table.entries.size();
  scratch.light.resize(columns);
  scratch.heavy.resize(columns + 1);
  std::size_t light = 0;
  std::size_t heavy = 0;
  table.support = 0;
  for (std::size_t i = 0; i < tokens; ++i) {
    const std::uint64_t remainder = scratch.remainders[i];
    const std::uint64_t tie = static_cast<std::uint64_t>(remainder == cut.cut) & (cut.ties != 0 ? 1U : 0U);
    cut.ties -= tie;
    const std::uint64_t weight = table.weights[i] + tie + (remainder > cut.cut ? 1U : 0U);
    table.weights[i] = weight;
    table.support += weight != 0 ? 1U : 0U;
    table.last_supported = weight != 0 ? static_cast<std::uint32_t>(i) : table.last_supported;
    const bool full = weight >> alias_capacity_bits != 0;
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

/// Builds the table of the law w_i / Z. `weights`: 1 to 2^31 finite numbers >= 0, not all 0 (tests the sum
/// only: throws std::invalid_argument). Same weights, same table, on any machine. Time linear in V, about 10
/// ns a token.
inline void build_alias_table(std::span<const double> weights, AliasScratch& scratch, AliasTable& table) {
  const double total = alias_detail::weight_total(weights);
  const int column_bits = alias_column_bits(weights.size());
  if (!(total > 0) || !std::isfinite(total) || column_bits > alias_most_column_bits) {
    throw std::invalid_argument("an alias table needs 1 to 2^31 weights with a finite, positive sum");
  }
  table.column_bits = column_bits;
  table.entries.resize(std::size_t{1} << column_bits);
  alias_detail::Buckets buckets;
  const std::uint64_t sum = alias_detail::integer_weights(weights, weight_scale(total), scratch.remainders);
  const std::uint64_t missing =
      alias_detail::divide_all(sum, column_bits, scratch.remainders, table.weights, buckets);
  const alias_detail::Cut cut =
      alias_detail::largest_remainders(missing, sum, buckets, scratch.remainders, scratch.candidates);
  alias_detail::finish_weights(cut, scratch, table);
  alias_detail::pair_columns(scratch, table);
}

}  // namespace tempsweep
