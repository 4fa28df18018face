// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "backend/cpu/point_block.hpp"
#include "backend/cpu/prepared_row.hpp"
#include "backend/cpu/sum_paths.hpp"

namespace tempsweep::cpu {

/// What sums at points need besides the row: scratch that a thread keeps.
struct PointScratch {
  Rest rest;                         ///< tokens, collected when the first direct sum asks for them
  SumBlock sums{};                   ///< at β
  SumBlock others{};                 ///< at 2β, or at an order times β
  LawBlock laws{};                   ///< at β
  std::vector<std::size_t> pending;  ///< points whose sums cannot keep the tolerance
  std::vector<double> betas;
  std::vector<RestSums> direct;
  std::vector<SumErrors> direct_errors;
};

struct PointRequest {
  const PreparedRow& row;
  double tolerance;         ///< as in Wanted
  double weight_tolerance;  ///< what the weights alone may err by, relatively
  double direct_tolerance;  ///< what direct sums may use of the tolerance, see sums_tolerance()
  bool squares;             ///< whether Σw² is wanted
};

[[nodiscard]] RowFacts facts_of(const PreparedRow& row);

/// Fills sums and laws of the first `count` betas of scratch.sums, each by the cheapest method of the row
/// that keeps the tolerance there. Betas descend; an infinite one, the limit T → 0, has no rest.
void make_points(const PointRequest& request, std::size_t count, PointScratch& scratch);

/// Weights alone, of scratch.others.
void make_weights(const PointRequest& request, std::size_t count, PointScratch& scratch);

/// The largest errors stated for the points of make_points(): of their methods, and of the laws' own
/// rounding.
[[nodiscard]] ErrorBounds stated_errors(const PointRequest& request, const PointScratch& scratch,
                                        std::size_t count);

}  // namespace tempsweep::cpu
