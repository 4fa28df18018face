// SPDX-License-Identifier: Apache-2.0
// Extremes of every row in one read: bound by memory, 8 bytes a token. A block of threads takes a slice of a
// row, so that one huge row keeps the card busy; the parts merge exactly, in any order. Distance: not run
// yet (docs/gpu-status.md).
#pragma once

#include "kernels/arguments/rows.hpp"
#include "kernels/body/collectives.hpp"
#include "kernels/body/intrinsics.hpp"

namespace tempsweep::kernels {

[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const ScanRows&) {
  return sizeof(ScanPart) * (ScanRows::threads / warp_threads);
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const ScanRows& a) {
  return a.rows * a.slices();
}

template <class Block>
TEMPSWEEP_DEVICE ScanPart scan_slice(Block& block, const double* row, std::int64_t begin, std::int64_t end) {
  ScanPart part;
  constexpr int width = Vector<double>::size;
  for (std::int64_t i = begin + width * block.thread(); i < end; i += width * block.threads()) {
    const Vector<double> logits = load_vector(row + i);
    for (int k = 0; k < width; ++k) {
      if (i + k < end) {
        part.add(logits.lane[k], i + k);
      }
    }
  }
  return part;
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const ScanRows& a) {
  auto scratch = block.template shared<ScanPart>(ScanRows::threads / warp_threads);
  for (std::int64_t item = block.index(); item < blocks(a); item += block.count()) {
    const std::int64_t row = item / a.slices();
    const std::int64_t begin = item % a.slices() * ScanRows::slice;
    const std::int64_t end = least(begin + ScanRows::slice, a.columns);
    const ScanPart part = scan_slice(block, a.logits + row * a.stride, begin, end);
    const ScanPart whole = reduce_block(block, scratch, part, [](ScanPart x, const ScanPart& y) {
      x.add(y);
      return x;
    });
    if (block.thread() == 0) {
      a.parts[item] = whole;
    }
  }
}

[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const MergeScans&) {
  return 0;
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const MergeScans& a) {
  return pieces(a.rows, MergeScans::threads);
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const MergeScans& a) {
  for (std::int64_t row = block.index() * block.threads() + block.thread(); row < a.rows;
       row += block.count() * block.threads()) {
    if (a.whole != nullptr && a.whole[row].status != RowStatus::ok) {
      a.scans[row] = a.whole[row];
      continue;
    }
    ScanPart part;
    for (std::int64_t slice = 0; slice < a.slices; ++slice) {
      part.add(a.parts[row * a.slices + slice]);
    }
    a.scans[row] = part.finish();
  }
}

}  // namespace tempsweep::kernels
