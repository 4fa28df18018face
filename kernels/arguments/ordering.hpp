// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tempsweep/math/ordering.hpp"
#include "tempsweep/math/row_scan.hpp"

#include "kernels/arguments/common.hpp"

namespace tempsweep::kernels {

/// From sorted rows to their depths and the tree over them: a block of threads a row.
struct OrderRows {
  static constexpr const char* name = "order_rows";
  static constexpr int threads = 256;
  double* sorted;        ///< [rows, stride] logits, descending, masked ones last
  const RowScan* scans;  ///< [rows]; rows that are no law are skipped
  std::int64_t rows, stride, node_stride;
  OrderedNode* nodes;  ///< [rows, node_stride]
  double* depths;      ///< [rows, stride] of OrderedRow; may be `sorted` itself
};

/// The metrics of the order at all points, missing where the row is no law.
struct EvaluateOrdering {
  static constexpr const char* name = "evaluate_ordering";
  static constexpr int threads = 64;
  const double* depths;      ///< [rows, stride] of OrderRows
  const OrderedNode* nodes;  ///< [rows, node_stride]
  const RowScan* scans;
  const double* temperature;  ///< [temperatures]
  std::int64_t rows, temperatures, stride, node_stride;
  OrderingLevels levels;  ///< on the device
  OrderingPoint out;      ///< of the first point; each array [rows, temperatures, levels]
};

}  // namespace tempsweep::kernels
