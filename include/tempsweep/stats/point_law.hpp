// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "tempsweep/stats/binomial.hpp"

namespace tempsweep {

/// The law of one grid point as the referee needs it: tokens in order, most probable first, each known by its
/// depth d = m - l below the top, in logits. p(d) = e^(-beta d) / Z on the finite depths; a depth of +inf is
/// a token that cannot be drawn (masked, or cut away by top-k, top-p or min-p). The top group are the tokens
/// of depth 0.
struct PointLaw {
  std::span<const double> depth;        ///< ascending, the first 0
  std::span<const double> probability;  ///< in the same order
  double beta = 0;                      ///< 1/T: 0 at T = inf, +inf at T = 0
  std::size_t ties = 0;                 ///< tokens of the top group
  std::size_t finite = 0;               ///< tokens of finite depth: the support of every temperature
  std::size_t possible = 0;             ///< tokens of positive probability
  Chance top{};                         ///< of the top group, and of the rest: never one minus the other
  double log_partition = 0;             ///< ln Z, Z = ties + sum e^(-beta d), where a top token weighs 1
  double mean_depth = 0;                ///< <d>
  double variance = 0;                  ///< Var(l) = Var(d), logit^2
  double third = 0;                     ///< third central moment of the depth
};

/// Makes the law from depths. `storage` takes the probabilities and must outlive the law.
[[nodiscard]] PointLaw make_point_law(std::span<const double> depth, double beta,
                                      std::vector<double>& storage);

/// The same for a law whose probabilities are given (the integer law of a sampling table): those are what is
/// tested, `beta` stays the temperature that was claimed. log_partition is that of the depths.
[[nodiscard]] PointLaw make_point_law(std::span<const double> depth, double beta,
                                      std::span<const double> probability);

}  // namespace tempsweep
