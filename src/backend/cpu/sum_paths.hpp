// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "tempsweep/backend.hpp"

/// The cheapest way to a row's sums that keeps the tolerance, point by point.
namespace tempsweep::cpu {

/// Cheapest first.
enum class SumPath : std::uint8_t {
  single,  ///< FloatSums::single
  mixed,   ///< FloatSums::mixed
  brief,   ///< double, Exponential::brief
  exact,   ///< double: the sums that the CUDA backend shares
};

/// A row's rest, see rest_sums().
struct RestView {
  const double* depths = nullptr;
  std::int64_t count = 0;
  double deepest = 0;
};

/// What the sums of a path other than `exact` may err by at a point, a priori: from counts, lengths of runs
/// and the first two moments of the rest, which `sums` holds. docs/numerics.md derives it.
[[nodiscard]] SumErrors path_errors(SumPath path, const RestView& rest, double beta, const RestSums& sums);

/// Sums by one path, whatever they err by. `single` and `mixed` need β in the range of float_sums.hpp.
void sums_by_path(SumPath path, const RestView& rest, std::span<const double> betas, bool squares,
                  std::span<RestSums> out);

/// What the sums of a sweep may err by: its tolerance, or 0 where results are made of small differences of
/// sums (divergences, Rényi entropies).
[[nodiscard]] double sums_tolerance(const Wanted& wanted);

/// Sums at each β, each by the cheapest path whose stated errors keep the tolerance there (errors_within). A
/// point's bits depend on its row, β, tolerance and `squares`, on nothing around it.
/// \param errors  stated for each; 0 where the sums are exact: direct_error_bounds() holds for those
void sums_within(const RowScan& scan, const RestView& rest, std::span<const double> betas, bool squares,
                 double tolerance, std::span<RestSums> out, std::span<SumErrors> errors);

}  // namespace tempsweep::cpu
