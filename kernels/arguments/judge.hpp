// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tempsweep/math/judged_sums.hpp"
#include "tempsweep/math/lane_sums.hpp"
#include "tempsweep/math/residual_rank.hpp"

#include "kernels/arguments/draws.hpp"

namespace tempsweep::kernels {

/// What a sort of places starts from: the logits with -0 as +0, so that ties stay ties, and 0 … V − 1.
struct NumberTokens {
  static constexpr const char* name = "number_tokens";
  static constexpr int threads = 256;
  const double* logits;  ///< [rows, stride]
  std::int64_t rows, columns, stride, out_stride;
  double* keys;          ///< [rows, out_stride]
  std::uint32_t* place;  ///< [rows, out_stride]
};

/// What points and their draws add up to: a block of threads each.
struct JudgePoints {
  static constexpr const char* name = "judge_points";
  static constexpr int threads = judge_lanes;
  const RowScan* scans;       ///< [rows]; points of rows that are no law get zeros
  const double* temperature;  ///< [temperatures]
  std::int64_t temperatures, first, points;
  std::int64_t columns, ordered_stride;
  const double* depths;        ///< [rows, ordered_stride] of OrderRows
  const std::uint32_t* order;  ///< [rows, ordered_stride]: the vocabulary's places, most probable first
  const LawCut* cuts;          ///< [points] or null
  const std::uint64_t*
      shares;  ///< [points, columns] or null: the law of a table, by place, instead of the row's
  const std::uint32_t* token;  ///< [rows, token_stride] or null
  std::int64_t token_stride, tokens;
  const std::uint64_t* counts;  ///< [points, tokens]
  std::uint64_t n;
  CellCount* cells;  ///< [points, cell_room()] working memory
  JudgedSums* sums;  ///< [points]
  /// A pooled cell has two tokens or more, but for one at most.
  [[nodiscard]] static TEMPSWEEP_HD constexpr std::int64_t cell_room(std::int64_t columns) {
    return columns / 2 + 1;
  }
};

}  // namespace tempsweep::kernels
