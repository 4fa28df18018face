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

}  // namespace tempsweep::cpu
