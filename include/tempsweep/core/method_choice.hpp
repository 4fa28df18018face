// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "tempsweep/core/beta_requests.hpp"
#include "tempsweep/math/ladder.hpp"

namespace tempsweep {

/// How the sums of a row are made (docs/numerics.md).
enum class Method : std::uint8_t {
  automatic,      ///< by a cost model, for each vocabulary size
  direct,         ///< token by token
  expansion,      ///< moments of bins; direct where they cannot keep the tolerance
  interpolation,  ///< in β, from sums by expansion, which also takes over where it cannot keep the tolerance
};

/// The command line's and the file's names, by Method.
inline constexpr std::array<const char*, 4> method_names = {"auto", "direct", "expansion", "interpolation"};

/// What a backend takes for the steps of the methods, in a unit of its own: only ratios count.
struct MethodCosts {
  double direct_token;         ///< one token at one β
  double direct_point;         ///< one β, apart from the tokens
  double insert_token;         ///< one token into a ladder
  double ladder_level;         ///< merging and climbing
  double ladder_point;         ///< sums from moments at one β
  std::int64_t ladder_points;  ///< betas of an octave that are summed together, however many there are
  double octave;               ///< making a series, without its sums
  double series_point;         ///< interpolated sums at one β
};

/// How the rows of one vocabulary size are summed.
struct MethodChoice {
  bool expands = false;      ///< a moment ladder is made of every row
  double steepest = 0;       ///< largest β that it must serve
  std::vector<int> octaves;  ///< ascending: interpolated from it
  /// Of a ladder: a backend that plans memory for fewer sums rows that need more directly.
  std::int64_t most_levels = ladder_most_levels;

  /// Place of β's octave among `octaves`, or −1.
  [[nodiscard]] std::int32_t octave_place(double beta) const;
};

/// The method that was asked for, or, for Method::automatic, the cheapest by these costs.
[[nodiscard]] MethodChoice choose_method(const BetaRequests& requests, Method method,
                                         const MethodCosts& costs, std::int64_t vocabulary_size);

}  // namespace tempsweep
