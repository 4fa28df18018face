// SPDX-License-Identifier: Apache-2.0
// The tokens of listed points: what expansion and interpolation leave over, seldom much. Bound as
// direct_f64, whose tokens, lanes and trees these are, so that the sums have its bits; only the slices of a
// row stay in one block here, which merges them in shared memory and repeats the pass about the mean where
// the variance would cancel. Distance: not run yet (docs/gpu-status.md).
#pragma once

#include "kernels/body/direct_f64.hpp"
#include "kernels/body/point_choice.hpp"

namespace tempsweep::kernels {

namespace listed {
inline constexpr int warps = DirectListed::threads / warp_threads;
inline constexpr int points = DirectF64::betas_at_once;
inline constexpr int levels = 40;  ///< of a tree over slices, as PairwiseSum has them
}  // namespace listed

[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const DirectListed&) {
  constexpr std::size_t sums = sizeof(PartialSums) * listed::points * (listed::warps + listed::levels);
  return sums + sizeof(RestSums) * listed::points + 16;
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const DirectListed& a) {
  return list_blocks(a.list, a.direct.rows * a.direct.groups());
}

/// PairwiseSum::add(), its levels in shared memory. \param count  of the values before
template <class Levels>
TEMPSWEEP_DEVICE void add_to_tree(Levels levels, int count, PartialSums value) {
  int level = 0;
  for (; ((static_cast<std::uint32_t>(count) >> level) & 1U) != 0; ++level) {
    value = static_cast<PartialSums>(levels[level]) + value;
  }
  levels[level] = value;
}

/// PairwiseSum::total()
template <class Levels>
TEMPSWEEP_DEVICE PartialSums tree_total(Levels levels, int count) {
  PartialSums sum;
  for (int level = 0; (static_cast<std::uint32_t>(count) >> level) != 0; ++level) {
    if (((static_cast<std::uint32_t>(count) >> level) & 1U) != 0) {
      sum = static_cast<PartialSums>(levels[level]) + sum;
    }
  }
  return sum;
}

/// Shared memory of a block.
template <class Parts, class Results>
struct ListedSpace {
  Parts parts;      ///< [warps, points]: slices of this round
  Parts trees;      ///< [points, levels]
  Results results;  ///< [points]
};

/// The warp's slice of a round into `parts`.
template <bool squares, bool centred, class Block, class Parts>
TEMPSWEEP_DEVICE void sum_listed_slice(Block& block, const double* tokens, int count, const F64Points& points,
                                       Parts parts) {
  LanePair lanes[F64Points::count];
  const int quad = block.lane() / 4;
  const auto begin = static_cast<int>(quad * sum_block_tokens);
  const int own = least<int>(count - begin, sum_block_tokens);
  if (own > 0 && points.in_range) {
    sum_tokens<squares, centred, true>(tokens + begin, own, block.lane() % 4, points, lanes);
  } else if (own > 0) {
    F64Points deep = points;
#pragma unroll
    for (int p = 0; p < F64Points::count; ++p) {
      deep.limit[p] = exp2_limit(points.scale[p]);  // made here: kept, they would take registers all along
    }
    sum_tokens<squares, centred, false>(tokens + begin, own, block.lane() % 4, deep, lanes);
  }
#pragma unroll
  for (int p = 0; p < F64Points::count; ++p) {
    const PartialSums sum = fold_warp(block, lanes[p]);
    if (block.lane() == p) {
      parts[block.warp() * listed::points + p] = sum;
    }
  }
}

/// One pass over the row for four points; thread p of the first warp leaves point p's sums in `results`.
template <bool squares, bool centred, class Block, class Space>
TEMPSWEEP_DEVICE void sum_listed(Block& block, const double* row, std::int64_t rest, const F64Points& points,
                                 const Space& space) {
  const auto slices = static_cast<int>(pieces(rest, DirectF64::slice));
#pragma unroll 1
  for (int round = 0; round < slices; round += listed::warps) {
    const std::int64_t begin = std::int64_t{round + block.warp()} * DirectF64::slice;
    if (begin < rest) {
      sum_listed_slice<squares, centred>(
          block, row + begin, static_cast<int>(least(rest - begin, DirectF64::slice)), points, space.parts);
    }
    block.sync();
    if (block.thread() < listed::points) {
      const int p = block.thread();
      for (int warp = 0; warp < listed::warps && round + warp < slices; ++warp) {
        add_to_tree(space.trees + p * listed::levels, round + warp, space.parts[warp * listed::points + p]);
      }
    }
    block.sync();
  }
  if (block.thread() < listed::points) {
    const int p = block.thread();
    double centre = 0;
#pragma unroll
    for (int k = 0; k < F64Points::count; ++k) {
      centre = k == p ? points.centre[k] : centre;
    }
    space.results[p] = finish_sums(tree_total(space.trees + p * listed::levels, slices), centre);
  }
  block.sync();
}

/// Whether a second pass must follow; then `points` are those of it, about their means.
template <class Space>
TEMPSWEEP_DEVICE bool recentre(F64Points& points, const Space& space) {
  points.any = false;
#pragma unroll
  for (int p = 0; p < F64Points::count; ++p) {
    const RestSums sums = space.results[p];
    points.wanted[p] = points.wanted[p] && sums.weight > 0 && cancels(sums);
    points.centre[p] = points.wanted[p] ? sums.depth : 0.0;
    points.any = points.any || points.wanted[p];
  }
  return points.any;
}

template <class Space>
TEMPSWEEP_DEVICE void store_listed(int thread, const DirectListed& a, const SumItem& item,
                                   const F64Points& points, const Space& space) {
#pragma unroll
  for (int p = 0; p < F64Points::count; ++p) {
    if (thread == p && points.wanted[p]) {
      a.sums[item.row * a.direct.temperatures + item.first_temperature + p] = space.results[p];
    }
  }
}

template <bool squares, class Block, class Space>
TEMPSWEEP_DEVICE void run_listed(Block& block, const DirectListed& a, const Space& space) {
  for (std::int64_t i = block.index(); i < list_length(a.list, a.direct.rows * a.direct.groups());
       i += block.count()) {
    const std::int64_t group = list_entry(a.list, i);
    const SumItem item{group / a.direct.groups(), 0, group % a.direct.groups() * listed::points};
    const RowScan& scan = a.direct.scans[item.row];
    const double* const row = a.direct.depths + item.row * a.direct.stride;
    F64Points points = load_points(a.direct, item, least(scan.second - scan.deepest, DBL_MAX));
    sum_listed<squares, false>(block, row, scan.rest(), points, space);
    store_listed(block.thread(), a, item, points, space);
    const bool again = recentre(points, space);
    block.sync();
    if (again) {
      sum_listed<squares, true>(block, row, scan.rest(), points, space);
      store_listed(block.thread(), a, item, points, space);
      block.sync();
    }
  }
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const DirectListed& a) {
  auto parts = block.template shared<PartialSums>(listed::warps * listed::points);
  auto trees = block.template shared<PartialSums>(listed::points * listed::levels);
  auto results = block.template shared<RestSums>(listed::points);
  const ListedSpace<decltype(parts), decltype(results)> space{parts, trees, results};
  a.direct.squares ? run_listed<true>(block, a, space) : run_listed<false>(block, a, space);
}

}  // namespace tempsweep::kernels
