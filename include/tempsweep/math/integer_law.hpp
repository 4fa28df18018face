// SPDX-License-Identifier: Apache-2.0
// The exact law that the integer samplers draw from: weights W_i with sum 2^(c+32) from weights in double. No
// rounding comes after them, so what a table made of them draws from is known exactly.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <span>
#include <stdexcept>
#include <vector>

#include "tempsweep/math/alias_integers.hpp"

namespace tempsweep {

/// The law W_i / 2^(column_bits + 32) of V tokens; the memory is kept from one law to the next.
struct IntegerLaw {
  std::vector<std::uint64_t> weights;  ///< W_i, V of them
  int column_bits = 0;
  std::uint64_t support = 0;         ///< number of tokens with W_i > 0
  std::uint32_t last_supported = 0;  ///< the last of them: the only one when support = 1
};

/// Working memory of build_integer_law, one per thread.
struct LawScratch {
  std::vector<std::uint64_t> remainders;  ///< first the a_i, then a_i 2^(c+32) mod sum
  std::vector<std::uint64_t> candidates;
};

/// Bytes that a law and its working memory take for a vocabulary.
[[nodiscard]] inline std::uint64_t law_bytes(std::uint64_t tokens) {
  return tokens * 3 * sizeof(std::uint64_t);
}

namespace law_detail {

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

/// Adds the missing units.
inline void finish_weights(Cut cut, const std::vector<std::uint64_t>& remainders, IntegerLaw& law) {
  law.support = 0;
  for (std::size_t i = 0; i < remainders.size(); ++i) {
    const std::uint64_t remainder = remainders[i];
    const std::uint64_t tie = static_cast<std::uint64_t>(remainder == cut.cut) & (cut.ties != 0 ? 1U : 0U);
    cut.ties -= tie;
    const std::uint64_t weight = law.weights[i] + tie + (remainder > cut.cut ? 1U : 0U);
    law.weights[i] = weight;
    law.support += weight != 0 ? 1U : 0U;
    law.last_supported = weight != 0 ? static_cast<std::uint32_t>(i) : law.last_supported;
  }
}

}  // namespace law_detail

/// The integer law of w_i / Z. `weights`: 1 to 2^31 finite numbers >= 0, not all 0 (tests the sum only:
/// throws std::invalid_argument). Same weights, same integers, on any machine. Time linear in V.
inline void build_integer_law(std::span<const double> weights, LawScratch& scratch, IntegerLaw& law) {
  const double total = law_detail::weight_total(weights);
  const int column_bits = alias_column_bits(weights.size());
  if (!(total > 0) || !std::isfinite(total) || column_bits > alias_most_column_bits) {
    throw std::invalid_argument("a law needs 1 to 2^31 weights with a finite, positive sum");
  }
  law.column_bits = column_bits;
  law_detail::Buckets buckets;
  const std::uint64_t sum = law_detail::integer_weights(weights, weight_scale(total), scratch.remainders);
  const std::uint64_t missing =
      law_detail::divide_all(sum, column_bits, scratch.remainders, law.weights, buckets);
  law_detail::finish_weights(
      law_detail::largest_remainders(missing, sum, buckets, scratch.remainders, scratch.candidates),
      scratch.remainders, law);
}

}  // namespace tempsweep
