// SPDX-License-Identifier: Apache-2.0
// Draws against their laws: the sums of math/judge_sums.hpp, which the CPU makes too, by a block a point;
// counts stay on the card. Two bounds: the dozen exponentials and divisions a token in double precision, on
// long rows with many draws; and the fold of the tokens below five expected draws, which one thread of a
// block walks by itself while other blocks compute, on long rows with few draws. Counts
// are gathered by rank, from a row that lies in the cache. Distance to either bound: not measured yet.
#pragma once

#include "tempsweep/math/alias_integers.hpp"
#include "tempsweep/math/law.hpp"

#include "kernels/arguments/judge.hpp"
#include "kernels/body/judge_team.hpp"

namespace tempsweep::kernels {

/// A point in the order of its row; what lies beyond the survivors is infinitely deep.
struct JudgedRow {
  std::int64_t tokens, ties, finite;
  double beta, n;
  const double* depths;
  const std::uint32_t* order;
  const std::uint32_t* names;
  const std::uint64_t* counts;
  const std::uint64_t* shares;
  double scale;  ///< of the shares, to probabilities
  double total;

  [[nodiscard]] TEMPSWEEP_HD double depth(std::int64_t i) const { return depths[i]; }
  [[nodiscard]] TEMPSWEEP_HD double count(std::int64_t i) const {
    const std::uint32_t token = order[i];
    return count_value(counts[names == nullptr ? token : names[token]]);
  }
  [[nodiscard]] TEMPSWEEP_HD bool given() const { return shares != nullptr; }
  [[nodiscard]] TEMPSWEEP_HD double weight(std::int64_t i) const { return table_weight(depths[i], beta); }
  TEMPSWEEP_HD void set_total(double sum) { total = sum; }
  [[nodiscard]] TEMPSWEEP_HD double probability(std::int64_t i) const {
    return given() ? count_value(shares[order[i]]) * scale : weight(i) / total;
  }
};

/// Point `place` of a job; its row is a law.
TEMPSWEEP_HD inline JudgedRow judged_row(const JudgePoints& a, std::int64_t place) {
  const std::int64_t point = a.first + place;
  const std::int64_t row = point / a.temperatures;
  const RowScan& scan = a.scans[row];
  const std::int64_t finite = a.cuts == nullptr ? scan.unmasked : a.cuts[place].left;
  const int bits = alias_column_bits(static_cast<std::uint64_t>(a.columns)) + 32;
  return {a.columns,
          scan.ties < finite ? scan.ties : finite,
          finite,
          inverse_temperature(a.temperature[point % a.temperatures]),
          count_value(a.n),
          a.depths + row * a.ordered_stride,
          a.order + row * a.ordered_stride,
          a.token == nullptr ? nullptr : a.token + row * a.token_stride,
          a.counts + place * a.tokens,
          a.shares == nullptr ? nullptr : a.shares + place * a.columns,
          double_of(static_cast<std::uint64_t>(1023 - bits) << 52U),
          1};
}

[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const NumberTokens&) {
  return 0;
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const NumberTokens& a) {
  return pieces(a.rows * a.columns, NumberTokens::threads);
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const NumberTokens& a) {
  const std::int64_t step = block.count() * block.threads();
  for (std::int64_t k = block.index() * block.threads() + block.thread(); k < a.rows * a.columns; k += step) {
    const std::int64_t column = k % a.columns;
    const std::int64_t row = k / a.columns;
    const std::int64_t place = row * a.out_stride + column;
    a.keys[place] = a.logits[row * a.stride + column] + 0.0;
    a.place[place] = static_cast<std::uint32_t>(column);
  }
}

[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const JudgePoints&) {
  return judge_shared_bytes;
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const JudgePoints& a) {
  return a.points;
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const JudgePoints& a) {
  BlockTeam<Block> team(block);
  for (std::int64_t place = block.index(); place < a.points; place += block.count()) {
    JudgedSums sums{};
    if (a.scans[(a.first + place) / a.temperatures].status == RowStatus::ok) {
      JudgedRow row = judged_row(a, place);
      team.set_cells(a.cells + place * JudgePoints::cell_room(a.columns));
      judge_sums(team, row, sums);
    }
    if (block.thread() == 0) {
      a.sums[place] = sums;
    }
  }
}

}  // namespace tempsweep::kernels
