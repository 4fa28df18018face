// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tempsweep/math/row_scan.hpp"

#include "kernels/arguments/common.hpp"

namespace tempsweep::kernels {

/// Extremes of every slice of every row, in one read.
struct ScanRows {
  static constexpr const char* name = "scan_rows";
  static constexpr int threads = 256;
  static constexpr std::int64_t slice = 16384;  ///< tokens
  const double* logits;                         ///< [rows, stride]
  std::int64_t rows, columns, stride;
  ScanPart* parts;  ///< [rows, slices()]
  [[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t slices() const { return pieces(columns, slice); }
};

/// Slices to rows.
struct MergeScans {
  static constexpr const char* name = "merge_scans";
  static constexpr int threads = 64;
  const ScanPart* parts;  ///< [rows, slices]
  std::int64_t rows, slices;
  const RowScan* whole;  ///< [rows] or null: scans of the whole rows; the verdict on a bad one stands
  RowScan* scans;        ///< [rows]
};

/// The tokens that a selection keeps, in ascending order: those above `above`, and the first `ties` of those
/// equal to it.
struct Cut {
  double above;
  std::int64_t ties;
};

/// The cut that leaves the `size` highest logits, ties at the last rank to the lower index.
struct RankCuts {
  static constexpr const char* name = "rank_cuts";
  static constexpr int threads = 64;
  const double* sorted;  ///< [rows, stride], descending
  std::int64_t rows, columns, stride, size;
  const RowScan* scans;  ///< [rows] of the whole rows: bad ones are skipped
  Cut* cuts;             ///< [rows]
};

/// Rows to be sorted, each with a value that goes along: what Runtime::sort_pairs takes.
struct SortPairs {
  const double* keys;            ///< [rows, stride]
  double* sorted;                ///< [rows, stride]
  const std::uint32_t* values;   ///< [rows, stride]
  std::uint32_t* sorted_values;  ///< [rows, stride]
  std::int64_t rows, columns, stride;
};

/// Tokens of one slice that are kept.
struct KeptCount {
  std::int64_t above, equal;
};

/// How many tokens of every slice are kept. By `cuts`, or where that is null the rest: neither masked nor on
/// top.
struct CountKept {
  static constexpr const char* name = "count_kept";
  static constexpr int threads = 256;
  static constexpr std::int64_t slice = 4096;
  const double* logits;  ///< [rows, stride]
  std::int64_t rows, columns, stride;
  const RowScan* scans;  ///< [rows]
  const Cut* cuts;       ///< [rows] or null
  KeptCount* counts;     ///< [rows, slices()]
  [[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t slices() const { return pieces(columns, slice); }
};

/// Writes the kept tokens of every row, in ascending order.
struct CollectKept {
  static constexpr const char* name = "collect_kept";
  static constexpr int threads = CountKept::threads;
  static constexpr std::int64_t slice = CountKept::slice;
  const double* logits;  ///< [rows, stride]
  std::int64_t rows, columns, stride;
  const RowScan* scans;
  const Cut* cuts;
  const KeptCount* counts;  ///< of CountKept
  std::int64_t out_stride;
  double* values;  ///< [rows, out_stride]: by cuts the logits; else the depths l₂ − l, at most DBL_MAX
  std::uint32_t* token;  ///< [rows, out_stride] or null: index in the row
  std::int64_t narrow_stride;
  float* narrow;  ///< [rows, narrow_stride] or null: minus the depths, at least −1e18, filled up with that
  [[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t slices() const { return pieces(columns, slice); }
};

}  // namespace tempsweep::kernels
