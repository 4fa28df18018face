// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>

#include "tempsweep/source.hpp"

#include "app/stored_grid.hpp"

namespace tempsweep::app {

/// What is said of a grid besides its verdict.
struct GridFigures {
  double information = 0;  ///< sum of n C over points with a score test
  double weighted = 0;     ///< sum of -z sqrt(n C): divided by information the relative error of temperature
  double least_temperature_error = std::numeric_limits<double>::infinity();
  double most_temperature_error = 0;
  double least_total_variation = std::numeric_limits<double>::infinity();
  double most_total_variation = 0;
  std::int64_t different = 0;  ///< points whose stored chi-square is not that of the stored counts
};

/// Judges every point again from the stored counts and the input's logits, row by row.
/// \throws InputError when a point's counts do not add up to the draws
[[nodiscard]] GridFigures judge_counts(const StoredGrid& stored, Source& source, int threads,
                                       GridReferee& referee);

/// Takes the statistics as they are stored.
[[nodiscard]] GridFigures judge_statistics(const StoredGrid& stored, GridReferee& referee);

}  // namespace tempsweep::app
