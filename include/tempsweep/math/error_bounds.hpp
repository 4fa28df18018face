// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "tempsweep/math/rest_sums.hpp"

namespace tempsweep {

/// What the sums over a rest may err by at one point.
struct SumErrors {
  double log_weight = 0;  ///< of ln Z″
  double mean = 0;        ///< of βμ
  double variance = 0;    ///< relative, of V″
};

/// Whether entropy and log partition are within `tolerance` nat, and variance and what follows from it within
/// ten times that, relatively, when the rest's sums err by `errors`. The rest weighs p′ of the law:
/// ∂H/∂ln Z′ = p′(1 + p₀βY), ∂H/∂(βμ) = p′; variance is p′(p₀Y² + p′V″), where p′ and p₀ err as ln Z′ at
/// most.
TEMPSWEEP_HD inline bool errors_within(const RowScan& scan, double beta, const RestSums& sums,
                                       const SumErrors& errors, double tolerance) {
  const double rest = exp_minus_product(beta, top_gap(scan)).times(sums.weight);
  const double share = rest / (static_cast<double>(scan.ties) + rest);
  const double depth = beta * (top_gap(scan) + sums.depth);
  const double entropy = share * (1 + (1 - share) * depth) * errors.log_weight + share * errors.mean;
  const double parts = 2 * errors.mean > errors.variance * depth ? 2 * errors.mean / depth : errors.variance;
  return entropy <= tolerance && errors.log_weight <= tolerance &&
         parts + 2 * errors.log_weight <= 10 * tolerance;
}

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
