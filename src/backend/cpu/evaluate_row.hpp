// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tempsweep/backend.hpp"

#include "backend/cpu/point_sums.hpp"
#include "backend/cpu/samplers.hpp"

namespace tempsweep::cpu {

/// What a thread keeps between grid points.
struct Scratch {
  PointScratch points;
  InsertScratch insert;
  std::vector<double> sorting;
  std::vector<Law> laws;
  std::vector<float> probability;
  std::vector<double> weights;
  std::vector<std::uint64_t> counts;
  std::vector<std::int64_t> survivors;
  std::vector<std::uint32_t> edge;
  SamplerScratch sampler;
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
