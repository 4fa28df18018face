// SPDX-License-Identifier: Apache-2.0
// Picks tokens out of rows and keeps their order: the rest below the top, or the highest V. First every
// slice counts, then every slice writes behind what the slices before it keep. Bound by memory: 28 bytes a
// token, two reads of 8 and writes of 12, once a row for all temperatures. Distance: not run yet
// (docs/gpu-status.md).
#pragma once

#include <cfloat>

#include "kernels/arguments/rows.hpp"
#include "kernels/body/collectives.hpp"
#include "kernels/body/intrinsics.hpp"

namespace tempsweep::kernels {

/// Depth that float rows are filled up with: it weighs 0 at every temperature that they serve.
inline constexpr float float_floor = -1e18F;

struct Kept {
  bool above, equal;
};

/// What becomes of one token.
TEMPSWEEP_DEVICE inline Kept judge(double logit, const RowScan& scan, const Cut* cut) {
  if (cut == nullptr) {
    return {logit > -ieee::infinity && logit < scan.maximum, false};
  }
  return {logit > cut->above, logit == cut->above};
}

TEMPSWEEP_DEVICE inline KeptCount operator+(const KeptCount& a, const KeptCount& b) {
  return {a.above + b.above, a.equal + b.equal};
}

[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const CountKept&) {
  return sizeof(KeptCount) * (CountKept::threads / warp_threads);
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const CountKept& a) {
  return a.rows * a.slices();
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const CountKept& a) {
  auto scratch = block.template shared<KeptCount>(CountKept::threads / warp_threads);
  for (std::int64_t item = block.index(); item < blocks(a); item += block.count()) {
    const std::int64_t row = item / a.slices();
    const std::int64_t begin = item % a.slices() * CountKept::slice;
    const std::int64_t end = least(begin + CountKept::slice, a.columns);
    const RowScan scan = a.scans[row];
    const Cut* const cut = a.cuts == nullptr ? nullptr : a.cuts + row;
    KeptCount count{0, 0};
    for (std::int64_t i = begin + block.thread(); i < end && scan.status == RowStatus::ok;
         i += block.threads()) {
      const Kept kept = judge(a.logits[row * a.stride + i], scan, cut);
      count.above += kept.above ? 1 : 0;
      count.equal += kept.equal ? 1 : 0;
    }
    count = sum_block(block, scratch, count);
    if (block.thread() == 0) {
      a.counts[item] = count;
    }
  }
}

/// Where a token goes, and what of it: one row's outputs.
struct KeptRow {
  const CollectKept& a;
  std::int64_t row = 0;
  RowScan scan{};

  TEMPSWEEP_DEVICE void write(std::int64_t place, double logit, std::int64_t column) const {
    const std::int64_t to = row * a.out_stride + place;
    if (a.cuts != nullptr) {
      a.values[to] = logit;
    } else {
      const double depth = least(scan.second - logit, DBL_MAX);
      a.values[to] = depth;
      if (a.narrow != nullptr) {
        a.narrow[row * a.narrow_stride + place] = most(static_cast<float>(-least(depth, 1e18)), float_floor);
      }
    }
    if (a.token != nullptr) {
      a.token[to] = static_cast<std::uint32_t>(column);
    }
  }
};

/// Tokens kept before a slice begins.
template <class Block, class Shared>
TEMPSWEEP_DEVICE KeptCount kept_before(Block& block, Shared scratch, const KeptCount* counts,
                                       std::int64_t slice) {
  KeptCount before{0, 0};
  for (std::int64_t s = block.thread(); s < slice; s += block.threads()) {
    before = before + counts[s];
  }
  return sum_block(block, scratch, before);
}

/// Each round takes one token a thread: neighbours in the row are neighbours in the warp.
template <class Block, class Shared>
TEMPSWEEP_DEVICE KeptCount write_slice(Block& block, Shared scratch, const KeptRow& out, KeptCount before,
                                       std::int64_t begin, std::int64_t end) {
  const CollectKept& a = out.a;
  const Cut* const cut = a.cuts == nullptr ? nullptr : a.cuts + out.row;
  const std::int64_t ties = cut == nullptr ? 0 : cut->ties;
  for (std::int64_t first = begin; first < end; first += block.threads()) {
    const std::int64_t i = first + block.thread();
    const double logit = i < end ? a.logits[out.row * a.stride + i] : 0.0;
    const Kept kept = i < end ? judge(logit, out.scan, cut) : Kept{false, false};
    const Prefix<KeptCount> place =
        scan_block(block, scratch, KeptCount{kept.above ? 1 : 0, kept.equal ? 1 : 0});
    const KeptCount mine = before + place.before;
    if (kept.above || (kept.equal && mine.equal < ties)) {
      out.write(mine.above + least(mine.equal, ties), logit, i);
    }
    before = before + place.total;
  }
  return before;
}

[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const CollectKept&) {
  return sizeof(KeptCount) * (CollectKept::threads / warp_threads);
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const CollectKept& a) {
  return a.rows * a.slices();
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const CollectKept& a) {
  auto scratch = block.template shared<KeptCount>(CollectKept::threads / warp_threads);
  for (std::int64_t item = block.index(); item < blocks(a); item += block.count()) {
    const std::int64_t row = item / a.slices();
    const std::int64_t slice = item % a.slices();
    const KeptRow out{a, row, a.scans[row]};
    if (out.scan.status != RowStatus::ok) {
      continue;
    }
    KeptCount kept = kept_before(block, scratch, a.counts + row * a.slices(), slice);
    const std::int64_t begin = slice * CollectKept::slice;
    kept = write_slice(block, scratch, out, kept, begin, least(begin + CollectKept::slice, a.columns));
    if (a.narrow != nullptr && slice == a.slices() - 1) {
      for (std::int64_t i = kept.above + block.thread(); i < a.narrow_stride; i += block.threads()) {
        a.narrow[row * a.narrow_stride + i] = float_floor;
      }
    }
  }
}

[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const RankCuts&) {
  return 0;
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const RankCuts& a) {
  return pieces(a.rows, RankCuts::threads);
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const RankCuts& a) {
  for (std::int64_t row = block.index() * block.threads() + block.thread(); row < a.rows;
       row += block.count() * block.threads()) {
    if (a.scans[row].status != RowStatus::ok) {
      continue;
    }
    const double* const sorted = a.sorted + row * a.stride;
    const double cut = sorted[a.size - 1];
    std::int64_t low = 0;
    std::int64_t high = a.size - 1;
    while (low < high) {  // the first that is not above the cut
      const std::int64_t middle = (low + high) / 2;
      if (sorted[middle] > cut) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    a.cuts[row] = {cut, a.size - low};
  }
}

}  // namespace tempsweep::kernels
