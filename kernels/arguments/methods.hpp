// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tempsweep/math/octave_series.hpp"

#include "kernels/arguments/ladder.hpp"
#include "kernels/arguments/sums.hpp"

namespace tempsweep::kernels {

/// Where a point's sums come from, the more exact first.
enum class Origin : std::uint8_t { limit, direct, expansion, interpolation };

/// What a point's sums must keep to be taken.
struct Promise {
  double tolerance;         ///< as in Wanted
  double weight_tolerance;  ///< what the weights alone may err by, relatively
  bool laws;                ///< whether more than the weights is going to be used
};

/// Inverse temperatures, the same for every row.
struct BetaList {
  const double* betas;  ///< [count], descending or ascending
  std::int64_t count;
};

/// Sums of points, [rows, betas] all, and how far their choice of a method has come.
struct PointChoice {
  RestSums* sums;
  SumErrors* errors;  ///< of points that come from no tokens; else without meaning
  Origin* origin;
  std::uint8_t* expand;  ///< 1 where a sum from moments is asked for
  std::uint8_t* direct;  ///< 1 where only the tokens will do
};

/// Groups of neighbouring points of which some are marked; null stands for all groups.
struct GroupList {
  const std::uint64_t* groups;  ///< row·⌈count/size⌉ + number of the group in its row
  const std::uint64_t* listed;  ///< how many
};

/// Sums from moments.
struct EvaluateLadder {
  static constexpr const char* name = "evaluate_ladder";
  static constexpr int threads = 128;
  static constexpr int betas_at_once = 16;  ///< a group
  const double* moments;                    ///< of ClimbLadder
  const LadderRow* ladders;
  const RowScan* scans;
  std::int64_t rows, most_levels;
  BetaList at;
  GroupList list;
  bool
      decide;  ///< whether points are chosen by `promise` among those with choice.expand; else all are summed
  Promise promise;
  PointChoice choice;  ///< origin, expand and direct only where it decides
  [[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t groups() const { return pieces(at.count, betas_at_once); }
};

/// Series of every octave of every row.
struct MakeSeries {
  static constexpr const char* name = "make_series";
  static constexpr int threads = 128;
  const RestSums* sums;     ///< [rows, octaves, octave_evaluations]
  const SumErrors* errors;  ///< likewise
  const ChebyshevTable* table;
  const LadderRow* ladders;  ///< [rows]
  const std::int32_t* octaves;
  std::int64_t rows, octave_total;
  OctaveSeries* series;  ///< [rows, octave_total]; of infinite error where the ladder does not serve it
};

/// The first look at every point: limits, what only tokens give, and what is interpolated.
struct InterpolateSums {
  static constexpr const char* name = "interpolate_sums";
  static constexpr int threads = 128;
  static constexpr int betas_at_once = 2 * threads;
  const OctaveSeries* series;  ///< of MakeSeries
  const std::int32_t* octaves;
  std::int64_t octave_total;
  const std::int32_t* which;  ///< [at.count]: place among the octaves, or −1
  const RowScan* scans;
  std::int64_t rows;
  BetaList at;
  Promise promise;
  PointChoice choice;
  [[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t runs() const { return pieces(at.count, betas_at_once); }
};

/// Lists the groups with a mark, in any order.
struct ListGroups {
  static constexpr const char* name = "list_groups";
  static constexpr int threads = 128;
  const std::uint8_t* marks;  ///< [rows, count]
  std::int64_t rows, count;
  std::int64_t size;      ///< points a group
  std::uint64_t* groups;  ///< room for all
  std::uint64_t* listed;  ///< 0 before
};

/// DirectF64 and MergeF64 for the groups of a list, with their second pass about the mean where it is needed.
struct DirectListed {
  static constexpr const char* name = "direct_listed";
  static constexpr int threads = DirectF64::threads;
  DirectF64 direct;  ///< `wanted` marks the points; without centres and parts
  GroupList list;    ///< of DirectF64::betas_at_once points each
  RestSums* sums;
};

/// Σw² of points without tokens, from Z″(2β).
struct TakeSquares {
  static constexpr const char* name = "take_squares";
  static constexpr int threads = 128;
  const RestSums* doubled;  ///< [rows, betas] at 2β
  const double* betas;      ///< [temperatures], 2β
  const Origin* origin;
  std::int64_t rows, temperatures;
  RestSums* sums;
};

/// What is stated for a row's points, at most.
struct RowErrors {
  double entropy = 0;        ///< nat, of points that come from no tokens in double precision
  double log_partition = 0;  ///< likewise
  std::int64_t direct = 0;   ///< 1 where others were among them, else 0
};

/// Largest stated errors of every row's points.
struct LargestErrors {
  static constexpr const char* name = "largest_errors";
  static constexpr int threads = 128;
  const RowScan* scans;
  const RestSums* sums;  ///< [rows, betas]
  const SumErrors* errors;
  const Origin* origin;              ///< or null: float sums, which
  const std::uint8_t* float_failed;  ///< were taken where this is 0
  std::int64_t rows;
  BetaList at;
  RowErrors* largest;  ///< [rows]
};

}  // namespace tempsweep::kernels
