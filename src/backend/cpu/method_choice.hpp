// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "tempsweep/backend.hpp"
#include "tempsweep/core/beta_requests.hpp"

namespace tempsweep::cpu {

/// How the rows of one vocabulary size are summed.
struct MethodChoice {
  bool expands = false;      ///< a moment ladder is made of every row
  double steepest = 0;       ///< largest β that it must serve
  std::vector<int> octaves;  ///< ascending: interpolated from it

  [[nodiscard]] bool interpolates(int octave) const;
};

/// The method that was asked for, or, for Method::automatic, the cheapest by the cost model in the source.
[[nodiscard]] MethodChoice choose_method(const BetaRequests& requests, Method method, double tolerance,
                                         std::int64_t vocabulary_size);

}  // namespace tempsweep::cpu
