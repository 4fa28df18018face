// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "per_kernel/cases.hpp"
#include "per_kernel/harness.hpp"

namespace tempsweep::bench {

/// Rows on the device, scanned, and what the sums left of them.
struct PointRows {
  std::int64_t rows, columns, stride;
  const double* logits;
  const RowScan* scans;
  const ScanPart* scan_parts;
  std::int64_t scan_slices;
  kernels::DirectF32 in_float;  ///< as it was launched
  const double* float_betas;
  kernels::DirectF64 in_double;
};

/// The kernels that work a point or a row at a time: merges, laws, metrics, the order; and all metrics of
/// float sums, one launch after the other.
[[nodiscard]] std::vector<Figure> point_figures(Harness& harness, const PointRows& rows);

}  // namespace tempsweep::bench
