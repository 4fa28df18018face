// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>

#include "tempsweep/stats/point_law.hpp"

namespace tempsweep {

/// What n draws can see: 5 % tests that reject a deviation of this size four times in five.
namespace power {

inline constexpr double score_size = 7.848879734349089;  ///< (z(0.975) + z(0.8))^2 = (1.960 + 0.842)^2

/// The smallest relative temperature error e = |T' - T|/T that the score test exposes: n = score_size /
/// (C e^2), C = beta^2 Var(l) the heat capacity. NaN where C or n is 0.
[[nodiscard]] double temperature_error(double beta, double variance, std::uint64_t n);

/// The non-centrality at which Pearson's X^2 over so many cells, at least 2, is so exposed.
[[nodiscard]] double non_centrality(std::size_t cells);

/// Memory of non-centralities: each costs up to 0.1 ms. One per thread.
using NonCentralities = std::unordered_map<std::size_t, double>;

/// The total variation d from which every deviation on the pooled cells is exposed by X^2. A deviation D of
/// the cells has sum |D| = 2d, and by Cauchy and Schwarz sum D^2/p >= 4 d^2. X^2 is then non-central chi^2
/// with n sum D^2/p, and 80 % power needs lambda(k - 1), so d = sqrt(lambda / n) / 2. At most 1; NaN for
/// fewer than two cells or no draws.
[[nodiscard]] double total_variation(std::size_t cells, std::uint64_t n, NonCentralities& known);

}  // namespace power

/// Of the two tokens with chances p_top > p_rival per draw, the chance that n draws put the rival ahead, a
/// draw counting half: P(N_rival > N_top) + P(N_rival = N_top) / 2. Exact: given M draws of the two the
/// majority of M flips, whose tail is summed in positive terms, then M over its binomial law, up to 1e-18 in
/// the sum. From 2e6 terms on (n (p_top + p_rival) beyond about 1e10) the saddlepoint approximation of
/// Lugannani & Rice 1980 with the continuity of the half counted, relative error below 1e-6.
[[nodiscard]] double rank_swap_probability(double p_top, double p_rival, std::uint64_t n);

/// A bound on the chance that any rival has at least as many draws as the most probable token (the first, if
/// several are tied): the sum over rivals of Chernoff's (1 - (sqrt(p_top) - sqrt(p_rival))^2)^n, at most 1.
[[nodiscard]] double any_rank_swap_bound(const PointLaw& law, std::uint64_t n);

}  // namespace tempsweep
