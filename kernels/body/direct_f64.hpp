// SPDX-License-Identifier: Apache-2.0
// Direct sums in double precision. Bound by the FP64 pipe: 2 operations for the argument's rounding, 10 for
// the polynomial, 4 for the sums and one subtraction, 17 a (token, temperature), one more with Σw², one more
// about a centre; 24 of the 34 instruction slots that they leave are taken. On an H100 at 1.75 GHz 0.87e12 a
// second. Distance: not run yet (docs/gpu-status.md).
//
// A warp takes 4096 tokens of a row at four temperatures; in rows of fewer tokens some of its quads rest. Its
// quads take a block of 512 tokens each; a thread of a quad owns two of the eight virtual lanes, so one
// 16-byte load feeds it, and adding up lanes, blocks and slices follows the very tree of the CPU backend: the
// sums have the same bits.
#pragma once

#include "kernels/arguments/sums.hpp"
#include "kernels/body/collectives.hpp"
#include "kernels/body/intrinsics.hpp"

namespace tempsweep::kernels {

/// One warp's share of the work.
struct SumItem {
  std::int64_t row, slice, first_temperature;
};

/// Temperatures of one slice lie next to one another, so that its tokens stay in cache.
template <class Args>
TEMPSWEEP_DEVICE SumItem sum_item(const Args& a, std::int64_t item) {
  const std::int64_t group = item % a.groups();
  const std::int64_t piece = item / a.groups();
  return {piece / a.slices(), piece % a.slices(), group * Args::betas_at_once};
}

template <class Args>
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t warp_items(const Args& a) {
  return a.rows * a.slices() * a.groups();
}

template <class Args>
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks_of_warps(const Args& a) {
  return pieces(warp_items(a), Args::threads / warp_threads);
}

/// What the four points of a warp have in common with nobody else.
struct F64Points {
  static constexpr int count = DirectF64::betas_at_once;
  double scale[count] = {};
  double limit[count] = {};
  double centre[count] = {};
  bool wanted[count] = {};
  bool any = false;
  bool in_range = true;
};

TEMPSWEEP_DEVICE inline F64Points load_points(const DirectF64& a, const SumItem& item, double deepest) {
  F64Points points;
  for (int p = 0; p < F64Points::count; ++p) {
    const std::int64_t t = item.first_temperature + p;
    const std::int64_t point = item.row * a.temperatures + t;
    const bool inside = t < a.temperatures;
    const double beta = inside ? a.betas[t] : 0.0;
    points.wanted[p] = inside && beta < ieee::infinity && (a.wanted == nullptr || a.wanted[point] != 0);
    points.scale[p] = points.wanted[p] ? sum_scale(beta) : 0.0;
    points.limit[p] = exp2_limit(points.scale[p]);
    points.centre[p] = points.wanted[p] && a.centres != nullptr ? a.centres[point].depth : 0.0;
    points.any = points.any || points.wanted[p];
    points.in_range = points.in_range && exp2_in_range(deepest, points.scale[p]);
  }
  return points;
}

/// Sums of the two virtual lanes that a thread owns.
struct LanePair {
  PartialSums even, odd;
};

/// The thread's tokens of a block: 2q and 2q + 1 of every eight.
template <bool squares, bool centred, bool in_range>
TEMPSWEEP_DEVICE inline void sum_tokens(const double* block, int tokens, int quad_thread,
                                        const F64Points& points, LanePair (&sums)[F64Points::count]) {
  const auto add = [&](PartialSums(&into), double depth, int p) {
    into.add<squares, centred>(depth, exp2_minus<in_range>(depth, -points.scale[p], points.limit[p]),
                               points.centre[p]);
  };
  const int whole = tokens / static_cast<int>(sum_lanes) * static_cast<int>(sum_lanes);
  for (int i = 2 * quad_thread; i < whole; i += static_cast<int>(sum_lanes)) {
    const Vector<double> depth = load_vector(block + i);
#pragma unroll
    for (int p = 0; p < F64Points::count; ++p) {
      add(sums[p].even, depth.lane[0], p);
      add(sums[p].odd, depth.lane[1], p);
    }
  }
  const int last = whole + 2 * quad_thread;
#pragma unroll
  for (int p = 0; p < F64Points::count; ++p) {
    if (last < tokens) {
      add(sums[p].even, block[last], p);
    }
    if (last + 1 < tokens) {
      add(sums[p].odd, block[last + 1], p);
    }
  }
}

template <class Block>
TEMPSWEEP_DEVICE PartialSums add_across(Block& block, const PartialSums& sums, int distance) {
  return sums + block.shuffle_xor(sums, distance);
}

/// Lanes to a block of tokens, blocks to the slice; every lane gets the result.
template <class Block>
TEMPSWEEP_DEVICE PartialSums fold_warp(Block& block, const LanePair& lanes) {
  const PartialSums even = add_across(block, add_across(block, lanes.even, 2), 1);
  const PartialSums odd = add_across(block, add_across(block, lanes.odd, 2), 1);
  PartialSums sum = even + odd;
  for (int distance = 4; distance < warp_threads; distance *= 2) {
    sum = add_across(block, sum, distance);
  }
  return sum;
}

template <bool squares, bool centred, class Block>
TEMPSWEEP_DEVICE void sum_slice(Block& block, const DirectF64& a, const SumItem& item, std::int64_t rest,
                                const F64Points& points) {
  const std::int64_t first = item.slice * DirectF64::slice + block.lane() / 4 * sum_block_tokens;
  const int tokens = static_cast<int>(most<std::int64_t>(0, least(sum_block_tokens, rest - first)));
  const double* const tokens_at = a.depths + item.row * a.stride + first;
  LanePair sums[F64Points::count];
  if (points.in_range) {
    sum_tokens<squares, centred, true>(tokens_at, tokens, block.lane() % 4, points, sums);
  } else {
    sum_tokens<squares, centred, false>(tokens_at, tokens, block.lane() % 4, points, sums);
  }
#pragma unroll
  for (int p = 0; p < F64Points::count; ++p) {
    const PartialSums sum = fold_warp(block, sums[p]);
    if (points.wanted[p] && block.lane() == p) {
      const std::int64_t point = item.row * a.temperatures + item.first_temperature + p;
      a.parts[item.slice * a.rows * a.temperatures + point] = sum;
    }
  }
}

[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const DirectF64&) {
  return 0;
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const DirectF64& a) {
  return blocks_of_warps(a);
}

template <bool squares, bool centred, class Block>
TEMPSWEEP_DEVICE void run_direct(Block& block, const DirectF64& a) {
  constexpr int warps = DirectF64::threads / warp_threads;
  for (std::int64_t i = block.index() * warps + block.warp(); i < warp_items(a); i += block.count() * warps) {
    const SumItem item = sum_item(a, i);
    const RowScan& scan = a.scans[item.row];
    const std::int64_t rest = scan.rest();
    if (rest <= item.slice * DirectF64::slice) {
      continue;
    }
    const F64Points points = load_points(a, item, least(scan.second - scan.deepest, DBL_MAX));
    if (points.any) {
      sum_slice<squares, centred>(block, a, item, rest, points);
    }
  }
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const DirectF64& a) {
  if (a.squares) {
    a.centres != nullptr ? run_direct<true, true>(block, a) : run_direct<true, false>(block, a);
  } else {
    a.centres != nullptr ? run_direct<false, true>(block, a) : run_direct<false, false>(block, a);
  }
}

[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const MergeF64&) {
  return 0;
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const MergeF64& a) {
  return pieces(a.rows * a.temperatures, MergeF64::threads);
}

/// The slices of one point, in order.
TEMPSWEEP_DEVICE inline PartialSums merge_slices(const PartialSums* parts, std::int64_t points,
                                                 std::int64_t point, std::int64_t slices) {
  PairwiseSum tree;
  for (std::int64_t slice = 0; slice < slices; ++slice) {
    tree.add(parts[slice * points + point]);
  }
  return tree.total();
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const MergeF64& a) {
  const std::int64_t points = a.rows * a.temperatures;
  for (std::int64_t point = block.index() * block.threads() + block.thread(); point < points;
       point += block.count() * block.threads()) {
    if (a.wanted != nullptr && a.wanted[point] == 0) {
      if (a.cancelled != nullptr) {
        a.cancelled[point] = 0;
      }
      continue;
    }
    RestSums sums;
    const std::int64_t rest = a.scans[point / a.temperatures].rest();
    if (rest > 0 && a.betas[point % a.temperatures] < ieee::infinity) {
      const double centre = a.centred ? a.sums[point].depth : 0.0;
      sums = finish_sums(merge_slices(a.parts, points, point, pieces(rest, DirectF64::slice)), centre);
    }
    a.sums[point] = sums;
    if (a.cancelled != nullptr) {
      a.cancelled[point] = sums.weight > 0 && cancels(sums) ? 1 : 0;
    }
  }
}

}  // namespace tempsweep::kernels
