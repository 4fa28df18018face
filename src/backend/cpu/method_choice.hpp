// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "tempsweep/backend.hpp"
#include "tempsweep/core/beta_requests.hpp"
#include "tempsweep/math/ladder.hpp"

namespace tempsweep::cpu {

/// How the rows of one vocabulary size are summed.
struct MethodChoice {
  bool expands = false;                           ///< a moment ladder is made of every row
  double steepest = 0;                            ///< largest β that it must serve
  std::vector<int> octaves;                       ///< ascending: interpolated from it
  std::int64_t most_levels = ladder_most_levels;  ///< of a ladder: rows that need more are summed directly
};

/// The method that was asked for, or, for Method::automatic, the cheapest by the cost model in the source.
[[nodiscard]] MethodChoice choose_method(const BetaRequests& requests, Method method, double tolerance,
                                         std::int64_t vocabulary_size);

}  // namespace tempsweep::cpu
