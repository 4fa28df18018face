// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace tempsweep {

/// At how many inverse temperatures a whole plan asks for the sums of a row, by octave of β (octave_of() in
/// math/octave_series.hpp). Methods are chosen by it, so that the choice does not hang on tiles.
struct BetaRequests {
  struct Octave {
    int number = 0;
    std::int64_t count = 0;
  };
  std::vector<Octave> octaves;  ///< ascending, those with requests
  std::int64_t limits = 0;      ///< at β = 0, or beyond 2^±octave_range; T = 0 asks for nothing
  double steepest = 0;          ///< largest finite β asked for

  [[nodiscard]] std::int64_t total() const;
};

/// Octaves outside ±200 are never interpolated.
inline constexpr int octave_range = 200;

/// \param grid    temperatures, ascending
/// \param orders  the sums are wanted at order·β for each; 1 must be among them where they are wanted at β
[[nodiscard]] BetaRequests count_beta_requests(std::span<const double> grid, std::span<const double> orders);

}  // namespace tempsweep
