// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "tempsweep/math/rest_sums.hpp"

namespace tempsweep {

/// Absolute error bounds that hold for every temperature of a row.
struct ErrorBounds {
  double entropy = 0;        ///< nat
  double log_partition = 0;  ///< relative, on the shifted Z (equal to nat on ln Z − βm)
};

/// Of the direct method in double precision, on any backend. Every term of a sum passes at most 64 lane
/// additions, 3 folds and one addition a tree level, and carries the error of its exponential (2 units) and
/// of its argument (|x| units; Σ|x|w/Z ≤ ln V). See docs/numerics.md.
[[nodiscard]] inline ErrorBounds direct_error_bounds(std::int64_t unmasked) {
  const auto size = static_cast<double>(std::max<std::int64_t>(1, unmasked));
  constexpr double unit = 0x1p-53;
  const double log_size = std::log(size) + 1;
  const double levels = std::ceil(std::log2(size / static_cast<double>(sum_block_tokens) + 1)) + 1;
  const double relative = unit * (67 + levels + 2 + 2 * log_size);
  return {relative * (2 + 2 * log_size) + unit * log_size * log_size, relative};
}

}  // namespace tempsweep
