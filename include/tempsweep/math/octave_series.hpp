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
};

namespace octave_detail {

/// cos x for |x| ≤ π/4, sin x likewise, by their series.
constexpr double series(double x, bool sine) {
  double term = sine ? x : 1;
  double sum = 0;
  for (int k = sine ? 1 : 0; k < 30; k += 2) {
    sum += term;
    term *= -x * x / ((k + 1) * (k + 2));
  }
  return sum;
}

/// cos(πj/2n) for 0 ≤ j ≤ n: the first quarter.
constexpr double quarter(int j) {
  constexpr double pi = 3.14159265358979323846;
  constexpr int n = octave_nodes;
  return 2 * j <= n ? series(pi * j / (2 * n), false) : series(pi * (n - j) / (2 * n), true);
}

}  // namespace octave_detail

constexpr ChebyshevTable make_chebyshev_table() {
  constexpr int n = octave_nodes;
  ChebyshevTable table{};
  for (int j = 0; j < 4 * n; ++j) {
    const int half = j <= 2 * n ? j : 4 * n - j;  // cos is even
    table.cosine[j] = half <= n ? octave_detail::quarter(half) : -octave_detail::quarter(2 * n - half);
  }
  return table;
}

/// Where evaluation i of an octave is made: node i, then the left and the right end of the ellipse.
/// \param cosine  ChebyshevTable::cosine
TEMPSWEEP_HD inline double octave_beta(int octave, int i, const double* cosine) {
  const double begin = octave_begin(octave);
  if (i < octave_nodes) {
    return begin * (1.5 + 0.5 * cosine[2 * i + 1]);
  }
  return begin * (i == octave_nodes ? 0.25 : 2.75);
}

/// Sums of one row on one octave.
struct OctaveSeries {
  double coefficients[3][octave_nodes] = {};
  double shift = 0;      ///< c, logit
  double error[3] = {};  ///< absolute, of F₀, F₁ and F₂: truncation, nodes and rounding
};

namespace octave_detail {

inline constexpr double lebesgue = 3.2;        ///< of 29 Chebyshev nodes: (2/π) ln 29 + 0.9625
inline constexpr double truncation = 9.4e-20;  ///< 4/(ρ^28(ρ − 1)), ρ = 2.5 + √5.25
inline constexpr double slack = 1.001;         ///< for the errors of the ends

/// F₀, F₁, F₂ at one β, and what they err by.
struct Sums {
  double f[3] = {};
  double error[3] = {};
};

/// \param growth  e^(βc)
TEMPSWEEP_HD inline Sums about(double shift, double growth, double beta, const RestSums& at,
                               const SumErrors& stated) {
  const double weight = at.weight * growth;
  const double offset = at.depth - shift;
  const double mean = stated.mean / beta;
  const double spread = at.variance + offset * offset;
  const double relative = stated.log_weight + 0x1p-50;
  const double distance = offset < 0 ? -offset : offset;
  return {{weight, weight * offset, weight * spread},
          {weight * relative, weight * (relative * distance + mean),
           weight * (relative * spread + 2 * mean * distance + stated.variance / beta / beta)}};
}

}  // namespace octave_detail

/// Makes coefficient k of every sum; calls for different k are independent.
/// \param f  [octave_nodes, 3], F_r at the nodes
TEMPSWEEP_HD inline void octave_coefficient(const double (*f)[3], const double* cosine, int k,
                                            OctaveSeries& out) {
  // Nodes i and n − 1 − i have T_k of the same size: pairs first, then four running sums, so that no term
  // passes more than seven additions.
  constexpr int n = octave_nodes;
  const double side = k % 2 == 0 ? 1.0 : -1.0;
  for (int r = 0; r < 3; ++r) {
    double sum[4] = {};
    for (int i = 0; i < n / 2; ++i) {
      sum[i % 4] += cosine[k * (2 * i + 1) % (4 * n)] * (f[i][r] + side * f[n - 1 - i][r]);
    }
    const double middle = cosine[k * n % (4 * n)] * f[n / 2][r];
    const double total = ((sum[0] + sum[1]) + (sum[2] + sum[3])) + middle;
    out.coefficients[r][k] = total * (k == 0 ? 1.0 : 2.0) / n;
  }
}

/// Rounding of the coefficients (ten each of 2·mean|F|, n of them) and of Clenshaw's recurrence (4k + 4 units
/// of coefficient k).
TEMPSWEEP_HD inline double octave_rounding(const double* coefficients, double largest) {
  double sum = 20.0 * octave_nodes * largest;
  for (int k = 0; k < octave_nodes; ++k) {
    sum += (4 * k + 4) * (coefficients[k] < 0 ? -coefficients[k] : coefficients[k]);
  }
  return 0x1p-53 * sum;
}

/// Makes the series of one octave. \param sums, errors  [octave_evaluations], at octave_beta(octave, i).
TEMPSWEEP_HD inline void make_octave_series(int octave, const RestSums* sums, const SumErrors* errors,
                                            const double* cosine, OctaveSeries& out) {
  out.shift = sums[octave_nodes / 2].depth;
  double f[octave_nodes][3];
  double node_error[3] = {};
  double largest[3] = {};
  double end[3] = {};
  for (int i = 0; i < octave_evaluations; ++i) {
    const double beta = octave_beta(octave, i, cosine);
    const double decay = exp_minus_product(beta, out.shift).value();
    const auto at = octave_detail::about(out.shift, 1 / decay, beta, sums[i], errors[i]);
    for (int r = 0; r < 3; ++r) {
      const double size = at.f[r] < 0 ? -at.f[r] : at.f[r];
      if (i < octave_nodes) {
        f[i][r] = at.f[r];
        node_error[r] = at.error[r] > node_error[r] ? at.error[r] : node_error[r];
        largest[r] = size > largest[r] ? size : largest[r];
      } else {
        const double bound = octave_detail::slack *
                             (r == 1 ? std::sqrt(at.f[0] * (at.f[2] + at.error[2])) : at.f[r] + at.error[r]);
        end[r] = bound > end[r] ? bound : end[r];
      }
    }
  }
  for (int k = 0; k < octave_nodes; ++k) {
    octave_coefficient(f, cosine, k, out);
  }
  for (int r = 0; r < 3; ++r) {
    out.error[r] = octave_detail::truncation * end[r] + octave_detail::lebesgue * node_error[r] +
                   octave_rounding(out.coefficients[r], largest[r]);
  }
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
