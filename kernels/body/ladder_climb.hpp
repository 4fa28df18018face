// SPDX-License-Identifier: Apache-2.0
// From the leaves of slices to all levels of a row's ladder. MergeLeaves is bound by memory: it reads 128
// bytes a leaf and slice. ClimbLadder is bound by latency, a barrier a level: 17 000 FP64 operations a level
// and row, where the tokens took millions. Distance: not run yet (docs/gpu-status.md).
//
// About the parent's centre a child's place is (t + s)/2, s = +1 for the child nearer to the anchor:
//   M^P_k = 2^−k Σ_i C(k, i) s^(k−i) M^C_i,
// every coefficient exact. The order of operations is that of the CPU backend.
#pragma once

#include "kernels/arguments/ladder.hpp"
#include "kernels/body/intrinsics.hpp"

namespace tempsweep::kernels {

[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const MergeLeaves&) {
  return 0;
}
/// Two moments a thread.
inline constexpr std::int64_t leaf_pairs = ladder_moments / 2;

[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const MergeLeaves& a) {
  return pieces(a.rows * a.most_leaves * leaf_pairs, MergeLeaves::threads);
}

/// The bin that a leaf is: the first 64 at the finest level, then 64 a level in its upper half.
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t leaf_bin(std::int64_t levels, std::int64_t leaf) {
  const std::int64_t octave = leaf / ladder_octave;
  return octave == 0 ? bin_place(levels - 1, leaf)
                     : bin_place(levels - octave, ladder_octave + leaf % ladder_octave);
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const MergeLeaves& a) {
  const std::int64_t all = a.rows * a.most_leaves * leaf_pairs;
  for (std::int64_t item = block.index() * block.threads() + block.thread(); item < all;
       item += block.count() * block.threads()) {
    const std::int64_t leaf = item / leaf_pairs % a.most_leaves;
    const std::int64_t row = item / (leaf_pairs * a.most_leaves);
    const LadderShape shape = ladder_shape_of(a.scans[row], a.steepest);
    if (shape.levels == 0 || leaf >= shape.leaves()) {
      continue;
    }
    const std::int64_t k = item % leaf_pairs * 2;
    const std::int64_t slices = pieces(a.scans[row].rest(), BuildLeaves::slice);
    Vector<double> sum{};
    for (std::int64_t slice = 0; slice < slices; ++slice) {
      const double* const part =
          a.leaves + ((row * a.slices + slice) * a.most_leaves + leaf) * ladder_moments + k;
      const Vector<double> next = load_vector(part);
      sum = {{sum.lane[0] + next.lane[0], sum.lane[1] + next.lane[1]}};
    }
    write_vector(a.moments + row * bin_place(a.most_levels, 0) + leaf_bin(shape.levels, leaf) + k, sum);
  }
}

/// 2^−k C(k, i), [k][i].
struct ShiftTable {
  double coefficient[ladder_moments][ladder_moments] = {};
};

TEMPSWEEP_HD constexpr ShiftTable make_shift_table() {
  ShiftTable table;
  double scale = 1;
  for (int k = 0; k < ladder_moments; ++k) {
    double binomial = scale;
    for (int i = 0; i <= k; ++i) {
      table.coefficient[k][i] = binomial;
      binomial = binomial * (k - i) / (i + 1);
    }
    scale *= 0.5;
  }
  return table;
}

/// sums += a child's moments about the parent's centre. \param side  s
template <int side>
TEMPSWEEP_DEVICE void shift_moments(const double* child, double (&sums)[ladder_moments]) {
  constexpr ShiftTable table = make_shift_table();
#pragma unroll
  for (int i = 0; i < ladder_moments; i += 2) {
    const Vector<double> pair = read_vector(child + i);
#pragma unroll
    for (int k = i; k < ladder_moments; ++k) {
      const double even = 1 - (k - i) % 2 * (1 - side);  // s^(k−i)
      sums[k] = std::fma(even * table.coefficient[k][i], pair.lane[0], sums[k]);
      if (k > i) {
        sums[k] = std::fma(even * side * table.coefficient[k][i + 1], pair.lane[1], sums[k]);
      }
    }
  }
}

[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const ClimbLadder&) {
  return 0;
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const ClimbLadder& a) {
  return a.rows;
}

/// Of the row's longest chain of additions: in a chunk, over a slice's chunks, over slices.
TEMPSWEEP_DEVICE inline LadderRow finish_ladder(const ClimbLadder& a, std::int64_t row,
                                                const LadderShape& shape) {
  const std::int64_t slices = pieces(a.scans[row].rest(), BuildLeaves::slice);
  std::uint32_t longest = 0;
  for (std::int64_t slice = 0; slice < slices; ++slice) {
    longest = most(longest, a.additions[row * a.slices + slice]);
  }
  const double additions = static_cast<double>(longest) + BuildLeaves::chunks + static_cast<double>(slices);
  return {shape, ladder_relative_error(additions, static_cast<double>(shape.levels))};
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const ClimbLadder& a) {
  for (std::int64_t row = block.index(); row < a.rows; row += block.count()) {
    const LadderShape shape = ladder_shape_of(a.scans[row], a.steepest);
    double* const moments = a.moments + row * bin_place(a.most_levels, 0);
    for (std::int64_t level = shape.levels - 1; level > 0; --level) {
      const double* const near = moments + bin_place(level, 2 * std::int64_t{block.thread()});
      double sums[ladder_moments] = {};
      shift_moments<1>(near, sums);
      shift_moments<-1>(near + ladder_moments, sums);
      double* const parent = moments + bin_place(level - 1, block.thread());
#pragma unroll
      for (int k = 0; k < ladder_moments; k += 2) {
        write_vector(parent + k, Vector<double>{{sums[k], sums[k + 1]}});
      }
      block.sync();
    }
    if (block.thread() == 0) {
      a.ladders[row] = shape.levels > 0 ? finish_ladder(a, row, shape) : LadderRow{};
    }
  }
}

}  // namespace tempsweep::kernels
