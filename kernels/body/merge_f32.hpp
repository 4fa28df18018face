// SPDX-License-Identifier: Apache-2.0
// Slices to points for the float sums, and what each point's sums can be trusted with. Bound by memory: 32
// bytes a slice and point, of slices of 16 384 tokens. Distance: not run yet (docs/gpu-status.md).
//
// u = 2⁻²⁴. A weight errs by |x|·2u (its depth and its product are rounded) and 2⁻²² (the special-function
// unit; what DirectF32Mixed makes by multiply-adds errs by 3.2u, less than these 4u, and its product is not
// rounded); a sum of a run by at most 6u (Z), 8u (S), 19u (Q: 16 additions, the square, the depth in it
// twice) of itself, the additions above it by nothing that counts. With a = E|x|, C = Var(x) of the rest,
// both measured:
//   ln Z″        2u·a + 2⁻²² + 6u
//   β·μ          E[δ|x − x̄|] ≤ 2u·√((C + a²)·C) + 2⁻²²·√C, and (6 + 8)u·a for the runs
//   β²V″         |x| ≤ 88 where a weight is not 0 and E|(x − x̄)² − C| ≤ 2C: 2(88·2u + 2⁻²²)·C, of the runs
//                (C + a²)·(19 + 6)u + 2·8u·a²; rounding β moves it by another 88u·C at most
// Higher orders add less than a thousandth of these.
#pragma once

#include "tempsweep/math/error_bounds.hpp"

#include "kernels/body/direct_f64.hpp"

namespace tempsweep::kernels {

/// \param beta, sums  of the point: the errors are functions of its first two moments.
TEMPSWEEP_HD inline SumErrors float_errors(double beta, const RestSums& sums) {
  constexpr double u = 0x1p-24;
  constexpr double ex2 = 0x1p-22;
  const double a = beta * sums.depth;
  const double root = beta * std::sqrt(sums.variance);
  const double c = root * root;
  const double square = a * a;
  return {2 * u * a + ex2 + 6 * u, 2 * u * std::sqrt(c + square) * root + ex2 * root + 14 * u * a,
          ((352 + 88) * u + 2 * ex2) * c + (c + square) * 25 * u + 16 * u * square};
}

/// Whether a float sum keeps the tolerance.
TEMPSWEEP_HD inline bool float_suffices(const RowScan& scan, double beta, const RestSums& sums,
                                        double tolerance) {
  if (!(sums.weight > 0) || !(beta * std::sqrt(sums.variance) > 1e-6)) {
    return false;  // so near to one value that tokens below the float range could matter
  }
  return errors_within(scan, beta, sums, float_errors(beta, sums), tolerance);
}

[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const MergeF32&) {
  return 0;
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const MergeF32& a) {
  return pieces(a.rows * a.temperatures, MergeF32::threads);
}

/// The range that float depths and scales serve; colder and hotter points take double precision. Where the
/// spread of the rest is worth a sum (float_suffices), its d² are then normal numbers.
TEMPSWEEP_HD inline bool float_serves(double beta) {
  return beta >= least_float_beta && beta <= most_float_beta;
}

/// From the rounded scale back to β: Z″ moves by −Δβ·μ, μ by −Δβ·V″; the next order is below 1e-12.
TEMPSWEEP_HD inline RestSums move_to(double beta, float scale, RestSums sums) {
  const double step = beta - static_cast<double>(scale) / 1.4426950408889634074;
  sums.weight -= step * sums.depth * sums.weight;
  sums.depth -= step * sums.variance;
  return sums;
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const MergeF32& a) {
  const std::int64_t points = a.rows * a.temperatures;
  for (std::int64_t point = block.index() * block.threads() + block.thread(); point < points;
       point += block.count() * block.threads()) {
    const RowScan& scan = a.scans[point / a.temperatures];
    const double beta = a.betas[point % a.temperatures];
    RestSums sums;
    bool good = true;
    if (scan.rest() > 0 && beta < ieee::infinity) {
      good = float_serves(beta);
    }
    if (good && scan.rest() > 0 && beta < ieee::infinity) {
      PartialSums parts = merge_slices(a.parts, points, point, pieces(scan.rest(), DirectF32::slice));
      parts.first = -parts.first;  // depths were taken as −y
      sums = move_to(beta, a.scales[point % a.temperatures], finish_sums(parts, 0));
      good = float_suffices(scan, beta, sums, a.tolerance);
    }
    a.sums[point] = sums;
    a.failed[point] = good ? 0 : 1;
  }
}

}  // namespace tempsweep::kernels
