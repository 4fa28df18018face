// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "backend/cpu/ladder.hpp"

namespace tempsweep::cpu {

/// 1/k
inline constexpr auto inverse_number = [] {
  std::array<double, ladder_terms> all{};
  for (std::size_t k = 1; k < ladder_terms; ++k) {
    all[k] = 1.0 / static_cast<double>(k);
  }
  return all;
}();

/// What the loop over a level's bins needs of each of eight points.
struct LevelPoints {
  double u[8];
  double first_decay[8];  ///< e^(−u)
  double decay_step[8];   ///< e^(−2u)
};

}  // namespace tempsweep::cpu
