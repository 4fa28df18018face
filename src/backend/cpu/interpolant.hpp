// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "tempsweep/math/law.hpp"

#include "backend/cpu/ladder.hpp"

namespace tempsweep::cpu {

/// Half-octaves of β, numbered so that number k holds 2^(k/2) ≤ β < 2^((k+1)/2), for β > 0 and finite. They
/// are the same for every row and grid, so that what is interpolated does not hang on who asks.
[[nodiscard]] int half_octave(double beta);
[[nodiscard]] double half_octave_begin(int number);

/// Sums of one row as Chebyshev polynomials in β on one half-octave: F₀ = Σw, F₁ = Σ(y − c)w, F₂ = Σ(y − c)²w
/// about the rest's mean c in the middle. Each is an entire function of β, and on an ellipse right of Re β =
/// 0 at most what it is, or bounds, at the ellipse's leftmost point: so n nodes err by at most 4M/(ρ^(n−1)(ρ
/// − 1)) (Trefethen, Approximation Theory and Approximation Practice, theorem 8.2).
class Interpolant {
 public:
  static constexpr std::size_t nodes = 22;
  /// Evaluations of the ladder that one takes: the nodes, the middle, and four ends of ellipses.
  static constexpr std::size_t evaluations = nodes + 5;

  /// \param ladder  serves the whole half-octave.
  void build(const MomentLadder& ladder, int number);

  [[nodiscard]] int number() const { return number_; }
  /// Sums at betas inside the half-octave; squares stay 0.
  void sums(std::span<const double> betas, std::span<RestSums> out) const;
  /// Absolute bounds on F₀, F₁ and F₂, truncation and rounding; \param at  what sums() gave.
  [[nodiscard]] SumErrors errors(double beta, const RestSums& at) const;

 private:
  void bound(const MomentLadder& ladder, std::span<const RestSums> sums, std::span<const double> betas);

  int number_ = 0;
  double begin_ = 1;
  double end_ = 2;
  double centre_ = 0;
  std::array<std::array<double, nodes>, 3> coefficients_{};
  std::array<double, 3> truncation_{};
  std::array<double, 3> rounding_{};
};

}  // namespace tempsweep::cpu
