// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tempsweep/math/rest_sums.hpp"
#include "tempsweep/math/row_scan.hpp"

#include "kernels/arguments/common.hpp"

namespace tempsweep::kernels {

/// Σw, Σ(y − c)w, Σ(y − c)²w and Σw² of every slice of every row at every β, in double precision.
struct DirectF64 {
  static constexpr const char* name = "direct_f64";
  static constexpr int threads = 128;
  static constexpr std::int64_t slice = 8 * sum_block_tokens;  ///< tokens a warp
  static constexpr int betas_at_once = 4;                      ///< that share a load
  const double* depths;                                        ///< [rows, stride]
  std::int64_t rows, columns, stride;
  const RowScan* scans;
  const double* betas;  ///< [temperatures]; infinite: skipped
  std::int64_t temperatures;
  bool squares;                ///< whether Σw² is wanted
  const RestSums* centres;     ///< [rows, temperatures] or null: their depth is c; null: c = 0
  const std::uint8_t* wanted;  ///< [rows, temperatures] or null: 0 leaves a point out
  PartialSums* parts;          ///< [slices(), rows, temperatures]
  [[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t slices() const { return pieces(columns, slice); }
  [[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t groups() const {
    return pieces(temperatures, betas_at_once);
  }
};

/// Slices to points, in the pairwise tree of all backends.
struct MergeF64 {
  static constexpr const char* name = "merge_f64";
  static constexpr int threads = 64;
  const PartialSums* parts;  ///< of DirectF64
  std::int64_t rows, temperatures;
  const RowScan* scans;
  const double* betas;
  bool centred;                ///< whether the parts were taken about `sums`
  const std::uint8_t* wanted;  ///< as in DirectF64
  RestSums* sums;              ///< [rows, temperatures]
  std::uint8_t* cancelled;     ///< [rows, temperatures] or null: 1 where a centred pass must follow, else 0
};

/// The β that float sums are tried at. Colder, the squares of the depths that matter leave the float range.
inline constexpr double least_float_beta = 1e-15;
inline constexpr double most_float_beta = 1e10;

/// Σw, Σdw, Σd²w with w = 2^(d·s), d = −y ≤ 0, in float inside a warp's short runs and double above them.
struct DirectF32 {
  static constexpr const char* name = "direct_f32";
  static constexpr int threads = 128;
  static constexpr std::int64_t slice = 16384;  ///< tokens a warp
  static constexpr int betas_at_once = 8;
  static constexpr int emulated = 0;  ///< see DirectF32Mixed
  const float* depths;                ///< [rows, stride] of CollectKept::narrow
  std::int64_t rows, columns, stride;
  const RowScan* scans;
  const float* scales;  ///< [temperatures] β·log2 e, rounded, finite
  std::int64_t temperatures;
  PartialSums* parts;  ///< [slices(), rows, temperatures]
  [[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t slices() const { return pieces(columns, slice); }
  [[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t groups() const {
    return pieces(temperatures, betas_at_once);
  }
};

/// The same sums, some powers of two by multiply-adds instead of the special-function unit, which so stops
/// being what binds: at `emulated` of the eight temperatures that of one token of four.
struct DirectF32Mixed : DirectF32 {
  static constexpr const char* name = "direct_f32_mixed";
  static constexpr int emulated = 5;
};

/// Slices to points; every point is held against the tolerance, and marked where float cannot promise it.
struct MergeF32 {
  static constexpr const char* name = "merge_f32";
  static constexpr int threads = 64;
  const PartialSums* parts;  ///< of DirectF32
  std::int64_t rows, temperatures;
  const RowScan* scans;
  const double* betas;
  const float* scales;
  double tolerance;
  RestSums* sums;        ///< [rows, temperatures]
  std::uint8_t* failed;  ///< [rows, temperatures]: 1 where double precision must follow, else 0
};

}  // namespace tempsweep::kernels
