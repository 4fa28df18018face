// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "per_kernel/cases.hpp"
#include "per_kernel/harness.hpp"

namespace tempsweep::bench {

/// Rows of logits that are on the device, scanned.
struct DrawRows {
  std::int64_t rows, columns, stride;
  const RowScan* scans;
  const double* logits;
};

/// The kernels of every sampler, at T = 1 and where nearly all draws hit one token.
[[nodiscard]] std::vector<Figure> draw_figures(Harness& harness, const DrawRows& rows, const Sizes& sizes);

}  // namespace tempsweep::bench
