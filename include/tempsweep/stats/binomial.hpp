// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tempsweep/core/p_value.hpp"

namespace tempsweep {

/// A probability and its complement, each with its own relative accuracy: 1 - fl(p) has none where p is close
/// to 1, and the referee's interest begins there.
struct Chance {
  double p, q;
  [[nodiscard]] Chance complement() const { return {q, p}; }
};

/// ln P(X = k) for X ~ Bin(n, chance) in Loader's deviance form ("Fast and Accurate Computation of Binomial
/// Probabilities", 2000): relative error of the mass about 1e-14 plus 1e-16 |ln P|, n up to 2^53.
[[nodiscard]] double log_binomial_mass(double k, double n, Chance chance);

/// P(X >= k). Exact (incomplete beta function, or the sum of masses in the far tail); where n p q > 1e6 the
/// uniform expansion of the incomplete beta function (Temme 1982), relative error below 1e-5.
[[nodiscard]] PValue binomial_upper(double k, double n, Chance chance);
/// P(X <= k).
[[nodiscard]] PValue binomial_lower(double k, double n, Chance chance);

/// min(1, 2 min(P(X <= k), P(X >= k))): the two-sided p-value of this house. Conservative: P(p <= a) <= a.
[[nodiscard]] PValue binomial_two_sided(double k, double n, Chance chance);

/// P(X < k) + uniform P(X = k): exactly uniform on [0, 1] when X ~ Bin(n, chance) and `uniform` is.
[[nodiscard]] double randomised_binomial(double k, double n, Chance chance, double uniform);

}  // namespace tempsweep
