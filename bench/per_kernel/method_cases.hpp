// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "per_kernel/cases.hpp"
#include "per_kernel/harness.hpp"

namespace tempsweep::bench {

/// Rows that are on the device, scanned, their rest collected.
struct BenchRows {
  std::int64_t rows, columns, stride;
  const RowScan* scans;
  const double* depths;
};

/// The kernels of expansion and interpolation, one after the other: T between 0.05 and 5.
[[nodiscard]] std::vector<Figure> method_figures(Harness& harness, const BenchRows& rows, const Sizes& sizes);

}  // namespace tempsweep::bench
