// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tempsweep/math/law.hpp"
#include "tempsweep/math/metrics.hpp"
#include "tempsweep/math/row_scan.hpp"

#include "kernels/arguments/common.hpp"

namespace tempsweep::kernels {

/// Laws of all points.
struct MakeLaws {
  static constexpr const char* name = "make_laws";
  static constexpr int threads = 64;
  const RowScan* scans;
  const RestSums* sums;        ///< [rows, temperatures]
  const double* temperature;   ///< [temperatures]
  const double* unit;          ///< [rows] or null: Law::unit_log_partition
  const double* label_depths;  ///< [rows] or null
  std::int64_t rows, temperatures;
  Law* laws;  ///< [rows, temperatures]
};

/// shifted_log_partition of one law a row: the reference of divergences.
struct UnitReferences {
  static constexpr const char* name = "unit_references";
  static constexpr int threads = 64;
  const RowScan* scans;
  const Law* laws;  ///< [rows]
  std::int64_t rows;
  double* unit;  ///< [rows]; NaN where the row is no law
};

/// Metrics of all points, NaN where the row is no law.
struct EvaluateMetrics {
  static constexpr const char* name = "evaluate_metrics";
  static constexpr int threads = 64;
  const RowScan* scans;
  const Law* laws;  ///< [rows, temperatures]
  std::int64_t rows, temperatures;
  const std::uint8_t* metrics;  ///< [metric_total] numbers of the table
  std::int64_t metric_total;
  double* values;  ///< [metric_total, rows, temperatures]
};

/// Rényi entropies of one order.
struct EvaluateRenyi {
  static constexpr const char* name = "evaluate_renyi";
  static constexpr int threads = 64;
  const RowScan* scans;
  const Law* laws;
  const RestSums* sums_at_order;  ///< [rows, temperatures] at order·β; null for the orders that need none
  std::int64_t rows, temperatures;
  double order;
  std::int64_t orders, place;  ///< values[…, place] of `orders`
  double* values;              ///< [rows, temperatures, orders]
};

/// Probabilities of all tokens at some points.
struct Probabilities : RowPoints {
  static constexpr const char* name = "probabilities";
  static constexpr int threads = 256;
  static constexpr std::int64_t slice = 4096;
  const Law* laws;
  const std::uint32_t*
      token;             ///< [rows, stride] or null: index in the row, where the vocabulary is no prefix
  std::int64_t tokens;   ///< of a row of the output; those outside the vocabulary keep the fill
  float* probability;    ///< [points, tokens] or null
  std::uint16_t* log16;  ///< [points, tokens] or null
  [[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t slices() const { return pieces(tokens, slice); }
};

/// The same with float exponentials: f32 of a vocabulary that is a prefix.
struct FloatProbabilities : Probabilities {
  static constexpr const char* name = "probabilities_float";
  int degree;  ///< 4 or 5, float_density_degree
};

/// count[i] = value, for outputs that are not zero where nothing is written.
template <class T>
struct Fill {
  static constexpr const char* name = "fill";
  static constexpr int threads = 256;
  T* out;
  std::int64_t count;
  T value;
};

}  // namespace tempsweep::kernels
