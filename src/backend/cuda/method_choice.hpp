// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "tempsweep/backend.hpp"
#include "tempsweep/core/beta_requests.hpp"

namespace tempsweep::cuda {

/// How the rows of one vocabulary size are summed.
struct Methods {
  bool expands = false;      ///< a moment ladder is made of every row
  double steepest = 0;       ///< largest β that it must serve
  std::vector<int> octaves;  ///< ascending: interpolated from it

  /// Place of β's octave among them, or −1.
  [[nodiscard]] std::int32_t octave_place(double beta) const;
};

/// The method that was asked for, or, for Method::automatic, the cheapest by the cost model in the source.
/// \param in_float  whether direct sums would first be tried in float
[[nodiscard]] Methods choose_methods(const BetaRequests& requests, Method method,
                                     std::int64_t vocabulary_size, bool in_float);

}  // namespace tempsweep::cuda
