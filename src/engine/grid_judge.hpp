// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "tempsweep/core/sampling.hpp"
#include "tempsweep/core/vocabulary.hpp"
#include "tempsweep/plan.hpp"
#include "tempsweep/stats/grid_verdict.hpp"
#include "tempsweep/stats/resimulation.hpp"

#include "engine/row_judge.hpp"

namespace tempsweep {

/// A grid whose draws are judged: how its points are numbered, and how each was drawn.
struct JudgedGrid {
  std::vector<std::int64_t> vocabulary_sizes;
  VocabularyBy vocabulary_by = VocabularyBy::prefix;
  std::int64_t first_row = 0;
  std::int64_t rows = 0;
  std::vector<double> temperatures;
  Truncation truncation;
  Sampler sampler = Sampler::alias;
  std::uint64_t samples = 0;
  std::uint64_t seed = 0;

  struct Place {
    std::int64_t vocabulary, row, temperature;  ///< indices of the result
  };
  [[nodiscard]] std::uint64_t index_of(const Place& place) const;
  [[nodiscard]] Place place_of(std::uint64_t index) const;
};
[[nodiscard]] JudgedGrid judged_grid(const SweepPlan& plan);

/// The logits of a row of the result, all columns that were read, valid until the next call.
using RowReader = std::function<std::span<const double>(std::int64_t row)>;

/// Re-simulates what the verdict would rest on, finding by finding, until it rests on something certain or on
/// nothing. The replicates come from another sampler than the draws: multinomial counts of the sampling
/// table's integers, or, where those are judged, alias draws up to 2^20 a replicate, beyond that a
/// multinomial tree over another order of the tokens. Words: Purpose::resimulation.
void confirm(GridReferee& referee, const JudgedGrid& grid, const RowReader& read_row, int threads,
             const ConfirmListener& listener = {});

/// Memory of confirm() beside the judges', in bytes.
[[nodiscard]] std::uint64_t confirmation_bytes(std::int64_t vocabulary, int threads);

/// What the file says of a verdict: attributes `verdict`, `verdict_alpha`, …
[[nodiscard]] Attributes verdict_attributes(const GridVerdict& verdict);

}  // namespace tempsweep
