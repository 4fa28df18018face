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
  double variance = 0;    ///< of β²V″
  /// The part of log_weight that meets each token on its own, wherever it stands: it moves βμ by no more than
  /// itself times E|x − x̄|, which is counted in `mean`.
  double each = 0;
};

/// What a law errs by when the sums of its rest do.
struct LawErrors {
  double entropy = 0;        ///< nat
  double log_partition = 0;  ///< nat
  double variance = 0;       ///< relative, and of what follows from it

  [[nodiscard]] TEMPSWEEP_HD bool within(double tolerance) const {
    return entropy <= tolerance && log_partition <= tolerance && variance <= 10 * tolerance;
  }
};

/// The rest weighs p′ of the law: ∂H/∂ln Z′ = p′(1 + p₀βY), ∂H/∂(βμ) = p′, ∂ln Z/∂ln Z′ = p′; variance is
/// p′(p₀Y² + p′V″), where p′ and p₀ err as ln Z′ at most.
/// \param share     p′
/// \param top       p₀
/// \param depth     βY
/// \param variance  β²V″
TEMPSWEEP_HD inline LawErrors law_errors(double share, double top, double depth, double variance,
                                         const SumErrors& errors) {
  const double spread = top * depth * depth + variance;
  return {share * ((1 + top * depth) * errors.log_weight + errors.mean), share * errors.log_weight,
          (2 * top * depth * errors.mean + errors.variance) / spread + 2 * errors.log_weight};
}

/// law_errors() of a row's sums at β.
TEMPSWEEP_HD inline LawErrors law_errors(const RowScan& scan, double beta, const RestSums& sums,
                                         const SumErrors& errors) {
  const double gap = top_gap(scan);
  const double rest = exp_minus_product(beta, gap + sums.shift).times(sums.weight);
  const auto ties = static_cast<double>(scan.ties);
  const double deviation = beta * std::sqrt(sums.variance);
  return law_errors(rest / (ties + rest), ties / (ties + rest), beta * (gap + sums.depth),
                    deviation * deviation, errors);
}

/// Whether entropy and log partition are within `tolerance` nat, and variance and what follows from it within
/// ten times that, relatively, when the rest's sums err by `errors`.
TEMPSWEEP_HD inline bool errors_within(const RowScan& scan, double beta, const RestSums& sums,
                                       const SumErrors& errors, double tolerance) {
  return law_errors(scan, beta, sums, errors).within(tolerance);
}

/// What making a law rounds by, nat on entropy.
TEMPSWEEP_HD inline double law_rounding(const RowScan& scan) {
  return 12 * 0x1p-53 * (1 + std::log(static_cast<double>(scan.unmasked)));
}

/// Absolute error bounds that hold for every temperature of a row.
struct ErrorBounds {
  double entropy = 0;        ///< nat
  double log_partition = 0;  ///< relative, on the shifted Z (equal to nat on ln Z − βm)
};

[[nodiscard]] inline ErrorBounds larger(const ErrorBounds& a, const ErrorBounds& b) {
  return {std::max(a.entropy, b.entropy), std::max(a.log_partition, b.log_partition)};
}

/// Of the direct method in double precision, on any backend. Every term of a sum passes at most 64 lane
/// additions, 3 folds and one addition a tree level, and carries the error of its exponential (2 units) and
/// of its argument (|x| units; Σ|x|w/Z ≤ ln V). See docs/numerics.md.
[[nodiscard]] inline ErrorBounds direct_error_bounds(std::int64_t unmasked) {
  const auto size = static_cast<double>(std::max<std::int64_t>(1, unmasked));
  constexpr double unit = 0x1p-53;
  const double log_size = std::log(size) + 1;
  const double levels = std::ceil(std::log2(size / static_cast<double>(sum_block_tokens) + 1)) + 1;
  const double lane = std::min(std::ceil(size / 8), 64.0);
  const double relative = unit * (lane + 3 + levels + 2 + 2 * log_size);
  return {relative * (2 + 2 * log_size) + unit * log_size * log_size, relative};
}

}  // namespace tempsweep
