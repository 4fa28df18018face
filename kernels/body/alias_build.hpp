// SPDX-License-Identifier: Apache-2.0
// Alias tables of many points at once, a block of threads each: the integers and the pairing of
// math/alias_table.hpp, equal to the last bit, made in parallel. Bound by latency, of a block scan every 512
// columns and of twelve passes over the tokens; memory traffic is about 80 bytes a token. A point takes one
// block of threads however few points there are: its scans hand on sums from one 512 columns to the next,
// and Z is added up in one order, so several blocks a point would need a launch for each of a dozen steps.
// Distance: not run yet (docs/gpu-status.md).
//
// The sequential pairing has a closed form. With D_j the deficits (2³² − W) of the light columns before the
// j-th, and E_k the excesses (W − 2³²) of the heavy ones up to the k-th, the current heavy token k has
// 2³² + E_k − D_j units left when it meets light column j. So light column j is filled up by the first k with
// E_k > D_j, and heavy column k keeps 2³² + E_k − D_j of its own, j the first with D_j ≥ E_k; the next heavy
// token fills it up. Both are binary searches (idea: Hübschle-Schneider and Sanders, arXiv 1903.00227).
#pragma once

#include "kernels/body/alias_weights.hpp"

namespace tempsweep::kernels {

inline constexpr std::uint64_t column_capacity = std::uint64_t{1} << alias_capacity_bits;

/// Running sums over the columns.
struct ColumnSums {
  std::uint64_t ties = 0, light = 0, deficit = 0, excess = 0;
  friend TEMPSWEEP_HD ColumnSums operator+(const ColumnSums& a, const ColumnSums& b) {
    return {a.ties + b.ties, a.light + b.light, a.deficit + b.deficit, a.excess + b.excess};
  }
};

/// What a column of this weight adds to the running sums.
TEMPSWEEP_DEVICE inline ColumnSums sums_of(std::uint64_t weight) {
  if (weight < column_capacity) {
    return {0, 1, column_capacity - weight, 0};
  }
  return {0, 0, 0, weight - column_capacity};
}

/// Notes column i where it belongs: light ones from the front, heavy ones from the back.
/// \param before  sums over the columns below it
TEMPSWEEP_DEVICE inline void deal_column(const AliasPoint& at, std::int64_t i, const ColumnSums& before,
                                         const ColumnSums& mine) {
  const bool light = mine.light != 0;
  const std::uint64_t heavies = static_cast<std::uint64_t>(i) - before.light;
  const std::uint64_t to = light ? before.light : static_cast<std::uint64_t>(at.all) - 1 - heavies;
  at.members[to] = static_cast<std::uint32_t>(i);
  at.amounts[to] = light ? before.deficit : before.excess + mine.excess;
}

/// Adds the missing units and deals the columns, padding included, into light and heavy.
/// \returns sums over all columns.
template <class Block, class Shared>
TEMPSWEEP_DEVICE ColumnSums deal_columns(Block& block, Shared scratch, const AliasPoint& at,
                                         RemainderCut cut) {
  ColumnSums before;
  for (std::int64_t first = 0; first < at.all; first += block.threads()) {
    const std::int64_t i = first + block.thread();
    const bool token = i < at.columns;
    const std::uint64_t remainder = token ? at.weights[i] : 0;
    const bool tied = token && remainder == cut.value;
    const Prefix<ColumnSums> tie = scan_block(block, scratch, ColumnSums{tied ? 1U : 0U, 0, 0, 0});
    const bool extra = (token && remainder > cut.value) || (tied && before.ties + tie.before.ties < cut.ties);
    const std::uint64_t weight = token ? at.shares[i] + (extra ? 1U : 0U) : 0;
    if (token) {
      at.shares[i] = weight;
    }
    const ColumnSums mine = i < at.all ? sums_of(weight) : ColumnSums{};
    const Prefix<ColumnSums> place = scan_block(block, scratch, mine);
    if (i < at.all) {
      deal_column(at, i, before + place.before, mine);
    }
    before = before + place.total;
    before.ties += tie.total.ties;
  }
  block.sync();
  return before;
}

/// The table from the dealt columns: see the head of this file.
struct Pairing {
  const AliasPoint& at;
  std::int64_t light, heavy;

  [[nodiscard]] TEMPSWEEP_HD std::uint64_t excess(std::int64_t k) const { return at.amounts[at.all - 1 - k]; }
  [[nodiscard]] TEMPSWEEP_HD std::uint32_t heavy_token(std::int64_t k) const {
    return at.members[at.all - 1 - k];
  }

  /// First k with E_k > amount; there is one.
  [[nodiscard]] TEMPSWEEP_HD std::int64_t filler(std::uint64_t amount) const {
    std::int64_t low = 0;
    std::int64_t high = heavy - 1;
    while (low < high) {
      const std::int64_t middle = (low + high) / 2;
      if (excess(middle) > amount) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /// Of the first j with D_j ≥ amount: D_j; all deficits together are equal to all excesses.
  [[nodiscard]] TEMPSWEEP_HD std::uint64_t filled(std::uint64_t amount) const {
    std::int64_t low = 0;
    std::int64_t high = light;
    while (low < high) {
      const std::int64_t middle = (low + high) / 2;
      if (at.amounts[middle] >= amount) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low < light ? at.amounts[low] : excess(heavy - 1);
  }

  TEMPSWEEP_HD void write_light(std::int64_t j) const {
    const std::uint32_t column = at.members[j];
    const std::uint64_t weight = column < at.columns ? at.shares[column] : 0;
    at.entries[column] = {static_cast<std::uint32_t>(weight), heavy_token(filler(at.amounts[j]))};
  }

  TEMPSWEEP_HD void write_heavy(std::int64_t k) const {
    const std::uint32_t column = heavy_token(k);
    const std::uint64_t left = column_capacity + excess(k) - filled(excess(k));
    const bool full = left == column_capacity;
    at.entries[column] = {full ? 0U : static_cast<std::uint32_t>(left), full ? column : heavy_token(k + 1)};
  }
};

/// The only token with a weight, or −1.
template <class Block, class Shared>
TEMPSWEEP_DEVICE std::int64_t sure_token(Block& block, Shared scratch, const AliasPoint& at) {
  std::uint64_t support = 0;
  std::uint64_t index = 0;
  for (std::int64_t i = block.thread(); i < at.columns; i += block.threads()) {
    support += at.shares[i] != 0 ? 1 : 0;
    index += at.shares[i] != 0 ? static_cast<std::uint64_t>(i) : 0;
  }
  support = sum_block(block, scratch, support);
  index = sum_block(block, scratch, index);  // of one token: its own
  return support == 1 ? static_cast<std::int64_t>(index) : -1;
}

[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const BuildAlias&) {
  constexpr std::size_t warps = BuildAlias::threads / warp_threads;
  return sizeof(double) * 2 + sizeof(std::uint64_t) * warps + sizeof(std::uint32_t) * 256 +
         sizeof(ColumnSums) * warps;
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const BuildAlias& a) {
  return a.points;
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const BuildAlias& a) {
  constexpr int warps = BuildAlias::threads / warp_threads;
  auto total = block.template shared<double>(2);
  auto sums = block.template shared<std::uint64_t>(warps);
  auto histogram = block.template shared<std::uint32_t>(256);
  auto columns = block.template shared<ColumnSums>(warps);
  for (std::int64_t place = block.index(); place < a.points; place += block.count()) {
    const std::int64_t row = (a.first + place) / a.temperatures;
    if (a.scans[row].status != RowStatus::ok) {
      continue;
    }
    const AliasPoint at(a, place);
    const double z = make_weights(block, total, at, cut_row(a, place));
    const std::uint64_t missing = divide_weights(block, sums, at, z);
    const RemainderCut cut = cut_remainders(block, histogram, at, missing);
    const ColumnSums dealt = deal_columns(block, columns, at, cut);
    const auto light = static_cast<std::int64_t>(dealt.light);
    const Pairing pairing{at, light, at.all - light};
    for (std::int64_t i = block.thread(); i < at.all; i += block.threads()) {
      i < light ? pairing.write_light(i) : pairing.write_heavy(i - light);
    }
    const std::int64_t sure = sure_token(block, sums, at);
    if (block.thread() == 0) {
      a.sure[place] = sure;
    }
    block.sync();
  }
}

}  // namespace tempsweep::kernels
