// SPDX-License-Identifier: Apache-2.0
// Probabilities by float exponentials, for tolerances that allow them: the operations of the CPU's vector
// kernels (backend/cpu/probabilities-inl.hpp), one token at a time, with the same bits.
#pragma once

#include <cfloat>
#include <cmath>
#include <cstdint>

#include "tempsweep/math/branch_free.hpp"
#include "tempsweep/math/float_exp2.hpp"
#include "tempsweep/math/rest_sums.hpp"

namespace tempsweep {

/// From these tolerances on probabilities come from float exponentials of the fifth and fourth degree.
inline constexpr double degree_five_tolerance = 4e-7;
inline constexpr double degree_four_tolerance = 5e-6;

/// The β that they serve; others are left to double precision.
inline constexpr double least_float_density_beta = 1e-12;
inline constexpr double most_float_density_beta = 1e6;

/// Degree of the exponentials; 0: in double precision.
[[nodiscard]] constexpr int float_density_degree(double tolerance) {
  return tolerance >= degree_four_tolerance ? 4 : tolerance >= degree_five_tolerance ? 5 : 0;
}

/// The depth m − l of a token in two floats; a masked one lies at the largest.
struct FloatDepth {
  float high = FLT_MAX;
  float low = 0;

  FloatDepth() = default;
  TEMPSWEEP_HD FloatDepth(double maximum, double logit) {
    const double gap = maximum - logit;
    const double depth = gap < static_cast<double>(FLT_MAX) ? gap : static_cast<double>(FLT_MAX);
    high = static_cast<float>(depth);
    low = static_cast<float>(depth - static_cast<double>(high));
  }
};

/// Powers of two below the top at which p = e^-x/total reaches 2^-126, and a little more: below it, the
/// exponent that is added to the polynomial's bits would wrap. The same bits on every machine.
TEMPSWEEP_HD inline double float_density_room(double total) {
  constexpr double bits_per_nat = 1.4426950408889634;  // log2 e
  return 126 - 1e-5 - branch_free::log_of(total) * bits_per_nat;
}

/// One point. The polynomial's coefficients carry the factor 1/total, so that nothing is left to multiply.
struct alignas(16) FloatDensity {
  float minus_scale, minus_scale_low;
  float limit;  ///< depth from which on nothing counts: there p is 2^-126, and a little more
  float coefficients[6];

  /// \param degree  4 or 5  \param beta  from least_float_density_beta to most_float_density_beta
  TEMPSWEEP_HD static FloatDensity make(double beta, double total, int degree) {
    FloatDensity density{};
    const double scale = sum_scale(beta);
    density.minus_scale = static_cast<float>(-scale);
    density.minus_scale_low = static_cast<float>(-scale - static_cast<double>(density.minus_scale));
    density.limit = static_cast<float>(float_density_room(total) / scale);
    constexpr float four[6] = {float_exp2::four[0], float_exp2::four[1], float_exp2::four[2],
                               float_exp2::four[3], float_exp2::four[4], 0};
    constexpr float five[6] = {float_exp2::five[0], float_exp2::five[1], float_exp2::five[2],
                               float_exp2::five[3], float_exp2::five[4], float_exp2::five[5]};
    for (int k = 0; k < 6; ++k) {
      const float coefficient = degree == 4 ? four[k] : five[k];
      density.coefficients[k] = static_cast<float>(static_cast<double>(coefficient) / total);
    }
    return density;
  }

  [[nodiscard]] TEMPSWEEP_HD float probability(const FloatDepth& at) const {
    const bool counts = at.high < limit;
    const float depth = counts ? at.high : limit;
    const float shifted = std::fmaf(depth, minus_scale, float_exp2::magic);
    float f = std::fmaf(depth, minus_scale, -(shifted - float_exp2::magic));
    f = std::fmaf(depth, minus_scale_low, f);
    f = std::fmaf(counts ? at.low : 0.0F, minus_scale, f);
    float p = std::fmaf(coefficients[5], f, coefficients[4]);
    for (int k = 3; k >= 0; --k) {
      p = std::fmaf(p, f, coefficients[k]);
    }
    const std::uint32_t exponent = __builtin_bit_cast(std::uint32_t, shifted) << 23U;
    const auto scaled = __builtin_bit_cast(float, __builtin_bit_cast(std::uint32_t, p) + exponent);
    return counts ? scaled : 0.0F;
  }
};

}  // namespace tempsweep
