// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tempsweep/math/error_bounds.hpp"
#include "tempsweep/math/row_scan.hpp"

#include "kernels/arguments/methods.hpp"

namespace tempsweep::cuda {

/// Largest errors that were stated for each row of a block since it was loaded.
class StatedErrors {
 public:
  void reset(std::int64_t rows) { bounds_.assign(static_cast<std::size_t>(rows), {}); }

  /// \param rows   what one evaluation states, of the rows from `first` on
  /// \param scans  of the block
  void add(std::int64_t first, std::span<const kernels::RowErrors> rows, std::span<const RowScan> scans) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::size_t at = static_cast<std::size_t>(first) + i;
      if (scans[at].status != RowStatus::ok) {
        continue;
      }
      bounds_[at] = larger(bounds_[at], {rows[i].entropy, rows[i].log_partition});
      if (rows[i].direct != 0) {
        bounds_[at] = larger(bounds_[at], direct_error_bounds(scans[at].unmasked));
      }
    }
  }

  [[nodiscard]] ErrorBounds of(std::int64_t row) const { return bounds_[static_cast<std::size_t>(row)]; }

 private:
  std::vector<ErrorBounds> bounds_;
};

}  // namespace tempsweep::cuda
