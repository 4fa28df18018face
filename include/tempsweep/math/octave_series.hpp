// SPDX-License-Identifier: Apache-2.0
// Interpolation in β. On one octave of β the sums of a row, taken about a fixed depth c of its rest,
//   F_r(β) = Σ (y − c)^r e^(−β(y − c)),  r = 0, 1, 2,
// are entire functions of β, and one Chebyshev series each gives them everywhere. On a Bernstein ellipse that
// stays right of Re β = 0 they are at most what they are at the ellipse's ends on the real axis (F₀ and F₂
// are convex there, and F₁² ≤ F₀F₂), so n nodes err by at most 4M/(ρ^(n−1)(ρ − 1)) (Trefethen, Approximation
// Theory and Approximation Practice, theorem 8.2). With c the rest's mean in the middle of the octave the
// sums hardly vary over it: an absolute bound is then a relative one, too.
#pragma once

#include <cmath>
#include <cstdint>

#include "tempsweep/math/bits.hpp"
#include "tempsweep/math/error_bounds.hpp"
#include "tempsweep/math/host_device.hpp"
#include "tempsweep/math/law.hpp"

namespace tempsweep {

inline constexpr int octave_nodes = 29;  ///< odd: one stands in the middle
/// Sums that a series is made from: its nodes and the ellipse's two ends.
inline constexpr int octave_evaluations = octave_nodes + 2;
/// The ellipse's ends, in units of the octave's begin.
inline constexpr double octave_left_end = 0.25;
inline constexpr double octave_right_end = 2.75;

/// Number k of the octave 2^k ≤ β < 2^(k+1), for β > 0, finite and normal. The same for every row and grid,
/// so that what is interpolated does not hang on who asks.
TEMPSWEEP_HD inline int octave_of(double beta) {
  return static_cast<int>(bits_of(beta) >> 52U) - 1023;
}
TEMPSWEEP_HD inline double octave_begin(int octave) {
  return double_of(static_cast<std::uint64_t>(1023 + octave) << 52U);
}

/// cos(πj/2n), j = 0 … 4n − 1, n = octave_nodes: node i stands at [2i + 1], T_k of node i at [k(2i + 1) mod
/// 4n].
struct ChebyshevTable {
  double cosine[4 * octave_nodes];
  double low[4 * octave_nodes];  ///< what the doubles leave out
};

/// Where evaluation i of an octave is made: node i, then the left and the right end of the ellipse.
/// \param cosine  of ChebyshevTable, which make_chebyshev_table() fills
TEMPSWEEP_HD inline double octave_beta(int octave, int i, const double* cosine) {
  const double begin = octave_begin(octave);
  if (i < octave_nodes) {
    return begin * (1.5 + 0.5 * cosine[2 * i + 1]);
  }
  return begin * (i == octave_nodes ? octave_left_end : octave_right_end);
}

/// Sums of one row on one octave.
struct OctaveSeries {
  double coefficients[3][octave_nodes] = {};
  double shift = 0;      ///< c, logit
  double error[3] = {};  ///< absolute, of F₀, F₁ and F₂: truncation, nodes and rounding
};

namespace octave_detail {

/// F₀, F₁, F₂ at one β, and what they err by.
struct Sums {
  double f[3] = {};
  double error[3] = {};
};

/// Errors of weights that meet each token on its own move F₁ by at most their size times W·E|y − c|, F₂ by
/// theirs times W·E(y − c)². \param growth  e^(βc)
TEMPSWEEP_HD inline Sums about(double shift, double growth, double beta, const RestSums& at,
                               const SumErrors& stated) {
  const double weight = at.weight * growth;
  const double offset = at.depth - shift;
  const double distance = offset < 0 ? -offset : offset;
  const double spread = at.variance + offset * offset;
  const double each = stated.each + 0x1p-50;
  const double rest = stated.log_weight - stated.each;
  const double deviation = std::sqrt(at.variance);
  const double mean = stated.mean / beta - stated.each * deviation;
  return {{weight, weight * offset, weight * spread},
          {weight * (each + rest), weight * (each * std::sqrt(spread) + rest * distance + mean),
           weight * ((each + rest) * spread + 2 * mean * distance + stated.variance / beta / beta)}};
}

}  // namespace octave_detail

/// Makes coefficient k of every sum, within 3 units of the last place: all products and sums are compensated.
/// Calls for different k are independent.
/// \param f  [octave_nodes, 3], F_r at the nodes
TEMPSWEEP_HD inline void octave_coefficient(const double (*f)[3], const double* cosine, const double* low,
                                            int k, OctaveSeries& out) {
  constexpr int n = octave_nodes;
  for (int r = 0; r < 3; ++r) {
    double sum = 0;
    double lost = 0;
    for (int i = 0; i < n; ++i) {
      const int place = k * (2 * i + 1) % (4 * n);
      const double product = cosine[place] * f[i][r];
      const double next = sum + product;
      const double taken = next - sum;
      const double slip = (sum - (next - taken)) + (product - taken);
      lost += (slip + std::fma(cosine[place], f[i][r], -product)) + low[place] * f[i][r];
      sum = next;
    }
    out.coefficients[r][k] = (sum + lost) * 2 / n / (k == 0 ? 2 : 1);
  }
}

/// Rounding of coefficient k by 3 units, and by Clenshaw's recurrence by 4k + 4.
TEMPSWEEP_HD inline double octave_rounding(const double* coefficients) {
  double sum = 0;
  for (int k = 0; k < octave_nodes; ++k) {
    sum += (4 * k + 7) * (coefficients[k] < 0 ? -coefficients[k] : coefficients[k]);
  }
  return 0x1p-53 * sum;
}

/// What a series is made from.
struct OctaveSamples {
  double shift = 0;                ///< c, logit
  double f[octave_nodes][3] = {};  ///< F_r at the nodes
  double node_error[3] = {};       ///< largest error of F_r there
  double end[3] = {};              ///< bounds on |F_r| over the ellipse
};

/// Evaluation i of an octave: F_r where it is a node, and what becomes of the bounds. \param at, stated  at
/// octave_beta(octave, i)
TEMPSWEEP_HD inline void octave_sample(int octave, int i, double shift, const RestSums& at,
                                       const SumErrors& stated, const double* cosine, double (&f)[3],
                                       double (&node_error)[3], double (&end)[3]) {
  constexpr double slack = 1.001;  // for the errors of the ends
  const double beta = octave_beta(octave, i, cosine);
  const double decay = exp_minus_product(beta, shift).value();
  const auto sums = octave_detail::about(shift, 1 / decay, beta, at, stated);
  for (int r = 0; r < 3; ++r) {
    if (i < octave_nodes) {
      f[r] = sums.f[r];
      node_error[r] = sums.error[r] > node_error[r] ? sums.error[r] : node_error[r];
    } else {
      const double bound =
          slack * (r == 1 ? std::sqrt(sums.f[0] * (sums.f[2] + sums.error[2])) : sums.f[r] + sums.error[r]);
      end[r] = bound > end[r] ? bound : end[r];
    }
  }
}

/// \param sums, errors  [octave_evaluations], at octave_beta(octave, i).
TEMPSWEEP_HD inline OctaveSamples octave_samples(int octave, const RestSums* sums, const SumErrors* errors,
                                                 const double* cosine) {
  OctaveSamples out;
  double beyond[3] = {};  // an end is no node
  out.shift = sums[octave_nodes / 2].depth;
  for (int i = 0; i < octave_evaluations; ++i) {
    octave_sample(octave, i, out.shift, sums[i], errors[i], cosine, i < octave_nodes ? out.f[i] : beyond,
                  out.node_error, out.end);
  }
  return out;
}

/// Once all coefficients stand: what they err by.
TEMPSWEEP_HD inline void octave_finish(const OctaveSamples& samples, OctaveSeries& out) {
  constexpr double lebesgue = 3.2;        // of 29 Chebyshev nodes: (2/π) ln 29 + 0.9625
  constexpr double truncation = 9.4e-20;  // 4/(ρ^28(ρ − 1)), ρ = 2.5 + √5.25
  out.shift = samples.shift;
  for (int r = 0; r < 3; ++r) {
    out.error[r] =
        truncation * samples.end[r] + lebesgue * samples.node_error[r] + octave_rounding(out.coefficients[r]);
  }
}

/// Makes the series of one octave. \param cosine, low  of ChebyshevTable
TEMPSWEEP_HD inline void make_octave_series(int octave, const RestSums* sums, const SumErrors* errors,
                                            const double* cosine, const double* low, OctaveSeries& out) {
  const OctaveSamples samples = octave_samples(octave, sums, errors, cosine);
  for (int k = 0; k < octave_nodes; ++k) {
    octave_coefficient(samples.f, cosine, low, k, out);
  }
  octave_finish(samples, out);
}

/// What interpolated sums err by. \param f  F₀, F₁, F₂ at β.
TEMPSWEEP_HD inline SumErrors octave_errors(const OctaveSeries& series, double beta, double f0, double f1,
                                            double f2) {
  const double weight = series.error[0] / f0;
  const double offset = (f1 < 0 ? -f1 : f1) / f0;
  const double mean = series.error[1] / f0 + offset * weight;  // of F₁/F₀
  const double variance = series.error[2] / f0 + f2 / f0 * weight + 2 * offset * mean;
  // The exponential's argument β(m − l₂ + c) is rounded once more than without c.
  const double argument = 0x1p-52 * beta * series.shift;
  return {weight + argument, beta * mean, beta * variance * beta};
}

}  // namespace tempsweep
