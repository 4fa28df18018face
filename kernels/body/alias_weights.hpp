// SPDX-License-Identifier: Apache-2.0
// The integer law of an alias table, by the threads of a block: weights, their total in the order that every
// machine keeps, shares of 2^(c+32) and who gets the units that are left over (math/alias_integers.hpp).
#pragma once

#include "tempsweep/math/exp2.hpp"
#include "tempsweep/math/law.hpp"

#include "kernels/arguments/draws.hpp"
#include "kernels/body/collectives.hpp"
#include "kernels/body/intrinsics.hpp"

namespace tempsweep::kernels {

/// The arrays of one point.
struct AliasPoint {
  std::int64_t columns, all;  ///< V, and the 2^c columns of the table
  int column_bits;
  std::uint64_t* weights;  ///< bits of the weights; then the remainders
  std::uint64_t* shares;
  std::uint32_t* members;
  std::uint64_t* amounts;
  AliasEntry* entries;

  TEMPSWEEP_HD AliasPoint(const BuildAlias& a, std::int64_t place)
      : columns(a.columns),
        all(std::int64_t{1} << alias_column_bits(static_cast<std::uint64_t>(a.columns))),
        column_bits(alias_column_bits(static_cast<std::uint64_t>(a.columns))),
        weights(a.space.weights + place * columns),
        shares(a.space.shares + place * columns),
        members(a.space.members + place * all),
        amounts(a.space.amounts + place * all),
        entries(a.space.entries + place * all) {}
};

/// The law of one point: its logits, and what of them counts.
struct CutRow {
  const double* logits;
  double maximum, beta;
  LawCut cut;

  [[nodiscard]] TEMPSWEEP_HD double weight(std::int64_t i) const {
    return cut.keeps(logits[i], i) ? table_weight(token_depth(maximum, logits[i]), beta) : 0;
  }
};

/// That of point `place` of a job; its row is a law.
template <class Job>
TEMPSWEEP_DEVICE CutRow cut_row(const Job& a, std::int64_t place) {
  const std::int64_t row = (a.first + place) / a.temperatures;
  return {a.logits + row * a.stride, a.scans[row].maximum,
          inverse_temperature(a.temperature[(a.first + place) % a.temperatures]),
          a.cuts == nullptr ? LawCut{-ieee::infinity, -1, a.columns} : a.cuts[place]};
}

/// Weights of all tokens, and Z in the order of weight_block_sum: 8 threads a block of 512 tokens, the blocks
/// one after another.
template <class Block, class Shared>
TEMPSWEEP_DEVICE double make_weights(Block& block, Shared total, const AliasPoint& at, const CutRow& law) {
  constexpr std::int64_t lanes = 8;
  constexpr auto size = static_cast<std::int64_t>(weight_block_size);
  const std::int64_t sums = pieces(at.columns, size);
  const std::int64_t lane = block.thread() % lanes;
  const std::int64_t round = block.threads() / lanes;
  for (std::int64_t first = 0; first < sums; first += round) {
    const std::int64_t b = first + block.thread() / lanes;
    double sum = 0;
    for (std::int64_t i = b * size + lane; i < least((b + 1) * size, at.columns); i += lanes) {
      const double weight = law.weight(i);
      at.weights[i] = bits_of(weight);
      sum += weight;
    }
    for (int distance = 4; distance > 0; distance /= 2) {
      sum += block.shuffle_xor(sum, distance);
    }
    if (lane == 0 && b < sums) {
      at.amounts[b] = bits_of(sum);
    }
  }
  block.sync();
  if (block.thread() == 0) {
    double z = 0;
    for (std::int64_t b = 0; b < sums; ++b) {
      z += double_of(at.amounts[b]);
    }
    total[0] = z;
  }
  block.sync();
  return total[0];
}

/// The a_i, then their shares of 2^(c+32) and what is left of each; returns the units that are missing.
template <class Block, class Shared>
TEMPSWEEP_DEVICE std::uint64_t divide_weights(Block& block, Shared scratch, const AliasPoint& at, double z) {
  const WeightScale scale = weight_scale(z);
  std::uint64_t mine = 0;
  for (std::int64_t i = block.thread(); i < at.columns; i += block.threads()) {
    mine += scale.integer(double_of(at.weights[i]));
  }
  const std::uint64_t sum = sum_block(block, scratch, mine);
  const ShareDivider divider = share_divider(sum, at.column_bits);
  std::uint64_t given = 0;
  for (std::int64_t i = block.thread(); i < at.columns; i += block.threads()) {
    const Share share = divider.divide(scale.integer(double_of(at.weights[i])));
    at.shares[i] = share.quotient;
    at.weights[i] = share.remainder;
    given += share.quotient;
  }
  return (std::uint64_t{1} << divider.shift) - sum_block(block, scratch, given);
}

/// Who gets one unit more: remainders above `value`, and the first `ties` of those equal to it.
struct RemainderCut {
  std::uint64_t value, ties;
};

/// The `missing` largest remainders, found digit by digit from the top.
template <class Block, class Shared>
TEMPSWEEP_DEVICE RemainderCut cut_remainders(Block& block, Shared histogram, const AliasPoint& at,
                                             std::uint64_t missing) {
  if (missing == 0) {
    return {~std::uint64_t{0}, 0};
  }
  std::uint64_t prefix = 0;
  for (int shift = 56; shift >= 0; shift -= 8) {
    for (int digit = block.thread(); digit < 256; digit += block.threads()) {
      histogram[digit] = 0U;
    }
    block.sync();
    for (std::int64_t i = block.thread(); i < at.columns; i += block.threads()) {
      const std::uint64_t remainder = at.weights[i];
      if (shift == 56 || remainder >> (shift + 8) == prefix) {
        block.atomic_add(histogram, static_cast<int>(remainder >> shift & 0xFFU), 1U);
      }
    }
    block.sync();
    int digit = 255;
    for (std::uint32_t held = histogram[digit]; held < missing; held = histogram[digit]) {
      missing -= held;
      --digit;
    }
    prefix = prefix << 8U | static_cast<std::uint64_t>(digit);
    block.sync();
  }
  return {prefix, missing};
}

}  // namespace tempsweep::kernels
