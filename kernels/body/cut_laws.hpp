// SPDX-License-Identifier: Apache-2.0
// Where a truncation cuts the law of each point. One thread finds the number of survivors, by the
// mathematics of math/truncation.hpp that the CPU runs too; the block reads the row only where ties straddle
// the cut. Bound by the latency of that thread, some thousand operations a point. Distance: not run yet
// (docs/gpu-status.md).
#pragma once

#include "kernels/arguments/draws.hpp"
#include "kernels/body/collectives.hpp"
#include "kernels/body/intrinsics.hpp"

namespace tempsweep::kernels {

/// First place of `value` in a descending row of which it is a part.
TEMPSWEEP_DEVICE inline std::int64_t first_place(const double* sorted, std::int64_t count, double value) {
  std::int64_t low = 0;
  std::int64_t high = count;
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    if (sorted[middle] > value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/// Index of the token that is the `rank`-th, from 1, of those equal to `value`; every thread gets it.
template <class Block, class Shared>
TEMPSWEEP_DEVICE std::int64_t index_of_tie(Block& block, Shared scratch, const double* logits,
                                           std::int64_t columns, double value, std::int64_t rank) {
  std::int64_t before = 0;
  std::int64_t found = 0;
  for (std::int64_t first = 0; first < columns; first += block.threads()) {
    const std::int64_t i = first + block.thread();
    const bool equal = i < columns && logits[i] == value;
    const Prefix<std::int64_t> place = scan_block(block, scratch, std::int64_t{equal ? 1 : 0});
    if (equal && before + place.before + 1 == rank) {
      found = i;
    }
    before += place.total;
  }
  return sum_block(block, scratch, found);
}

[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const CutLaws&) {
  return sizeof(std::int64_t) * (CutLaws::threads / warp_threads + 1);
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const CutLaws& a) {
  return a.points;
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const CutLaws& a) {
  auto scratch = block.template shared<std::int64_t>(CutLaws::threads / warp_threads);
  auto found = block.template shared<std::int64_t>(1);
  for (std::int64_t place = block.index(); place < a.points; place += block.count()) {
    const std::int64_t row = (a.first + place) / a.temperatures;
    const RowScan scan = a.scans[row];
    if (scan.status != RowStatus::ok) {
      continue;
    }
    const double* const sorted = a.sorted + row * a.ordered_stride;
    if (block.thread() == 0) {
      found[0] = survivors(OrderedRow{a.depths + row * a.ordered_stride, a.nodes + row * a.node_stride,
                                      scan.unmasked, scan.ties},
                           a.temperature[(a.first + place) % a.temperatures], a.levels);
    }
    block.sync();
    const std::int64_t left = found[0];
    const double edge = sorted[left - 1];
    std::int64_t last = a.columns;
    if (left < scan.unmasked && sorted[left] == edge) {
      const std::int64_t rank = left - first_place(sorted, scan.unmasked, edge);
      last = index_of_tie(block, scratch, a.logits + row * a.stride, a.columns, edge, rank);
    }
    if (block.thread() == 0) {
      a.cuts[place] = {edge, last, left};
    }
    block.sync();
  }
}

}  // namespace tempsweep::kernels
