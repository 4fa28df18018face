// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tempsweep/math/ladder.hpp"
#include "tempsweep/math/row_scan.hpp"

#include "kernels/arguments/common.hpp"

namespace tempsweep::kernels {

/// The ladder of one row (math/ladder.hpp).
struct LadderRow {
  LadderShape shape{};
  double relative_error = 0;  ///< ladder_relative_error()
};

/// None where the row is no law, has no rest, or a rest of equal tokens.
TEMPSWEEP_HD inline LadderShape ladder_shape_of(const RowScan& scan, double steepest) {
  return scan.status == RowStatus::ok && scan.rest() > 0
             ? make_ladder_shape(scan.second - scan.deepest, steepest)
             : LadderShape{};
}

/// Where a bin's moments stand in its row.
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t bin_place(std::int64_t level, std::int64_t bin) {
  return (level * ladder_bins + bin) * ladder_moments;
}

/// Moments of the leaves of every slice of every row.
struct BuildLeaves {
  static constexpr const char* name = "build_leaves";
  static constexpr int threads = 128;
  static constexpr int chunk = 3072;  ///< tokens sorted at once
  static constexpr int chunks = 4;    ///< of a slice, one after another
  static constexpr std::int64_t slice = std::int64_t{chunks} * chunk;
  static constexpr int longest_run = 64;  ///< tokens of a leaf that one thread adds up
  const double* depths;                   ///< [rows, stride], of CollectKept
  std::int64_t rows, columns, stride;
  const RowScan* scans;
  double steepest;           ///< largest β that the ladders must serve
  std::int64_t most_leaves;  ///< at least those of every row
  double* leaves;            ///< [rows, slices(), most_leaves, ladder_moments]
  std::uint32_t* additions;  ///< [rows, slices()]: roundings that a moment took in a chunk, at most
  [[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t slices() const { return pieces(columns, slice); }
};

/// Slices to leaves, each at its place among the moments.
struct MergeLeaves {
  static constexpr const char* name = "merge_leaves";
  static constexpr int threads = 128;
  const double* leaves;  ///< of BuildLeaves
  std::int64_t rows, slices, most_leaves;
  const RowScan* scans;
  double steepest;
  std::int64_t most_levels;  ///< at least those of every row
  double* moments;           ///< [rows, most_levels, ladder_bins, ladder_moments], finest level last
};

/// From the leaves to all levels.
struct ClimbLadder {
  static constexpr const char* name = "climb_ladder";
  static constexpr int threads = ladder_octave;
  const std::uint32_t* additions;  ///< of BuildLeaves
  std::int64_t rows, slices;
  const RowScan* scans;
  double steepest;
  std::int64_t most_levels;
  double* moments;     ///< of MergeLeaves: the lower bins of all levels but the finest are filled in
  LadderRow* ladders;  ///< [rows]
};

}  // namespace tempsweep::kernels
