// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tempsweep/backend.hpp"
#include "tempsweep/math/alias_table.hpp"

#include "backend/cpu/point_sums.hpp"

namespace tempsweep::cpu {

/// What a thread keeps between grid points.
struct Scratch {
  PointScratch points;
  InsertScratch insert;
  std::vector<double> sorting;
  std::vector<float> probability;
  std::vector<double> weights;
  std::vector<std::uint64_t> counts;
  AliasScratch alias_scratch;
  AliasTable alias_table;
};

/// A row of a tile at a run of temperatures: `offset` is the first point's place in [rows, temperatures].
struct RowRun {
  const PreparedRow& row;
  std::uint64_t row_number;  ///< in the whole concatenated input
  std::span<const double> temperatures;
  std::int64_t offset;
};

/// Evaluates everything that is wanted for one row at a run of temperatures.
/// \return the largest errors that are stated for its points
ErrorBounds evaluate_row(const RowRun& run, const Wanted& wanted, const TileOutput& output, Scratch& scratch);

}  // namespace tempsweep::cpu
