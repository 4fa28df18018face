// SPDX-License-Identifier: Apache-2.0
// Powers of two in float, by operations that IEEE 754 fixes; contraction off.
#pragma once

#include <cmath>
#include <cstdint>

#include "tempsweep/math/host_device.hpp"

namespace tempsweep {

/// Minimax polynomials of 2^f on [−½, ½] in the relative error, c₀ = 1, coefficients and all in float:
/// 2^-18.4 (degree 4), 2^-23.3 (degree 5) and 2^-28.0 (degree 6). scripts/derive_short_exp2.py holds them
/// against the best that there are.
namespace float_exp2 {
inline constexpr float four[5] = {
    1.0F,
    0.69312417507171630859375F,
    0.2402409613132476806640625F,
    5.5906511843204498291015625e-2F,
    9.5829702913761138916015625e-3F,
};
inline constexpr float five[6] = {
    1.0F,
    0.693147003650665283203125F,
    0.24022240936756134033203125F,
    5.55069930851459503173828125e-2F,
    9.6715651452541351318359375e-3F,
    1.3274750672280788421630859375e-3F,
};
inline constexpr float six[7] = {
    1.0F,
    0.693147182464599609375F,
    0.240226447582244873046875F,
    5.55035881698131561279296875e-2F,
    9.61883366107940673828125e-3F,
    1.339130220003426074981689453125e-3F,
    1.52412845636717975e-4F,
};
inline constexpr float magic = 0x1.8p23F;  ///< adding it rounds to an integer, left in the low bits
}  // namespace float_exp2

/// 2^(a·b) for a·b ≤ 0, by degree 5. The product is not rounded before its integer is taken off, so the
/// argument errs by 2^-26: in all by 3.2 units of 2^-24. Below 2^-125.5, and where the product is −inf: 0.
TEMPSWEEP_HD inline float exp2_of_product(float a, float b) {
  constexpr float c1 = float_exp2::five[1];
  constexpr float c2 = float_exp2::five[2];
  constexpr float c3 = float_exp2::five[3];
  constexpr float c4 = float_exp2::five[4];
  constexpr float c5 = float_exp2::five[5];
  const float shifted = std::fmaf(a, b, float_exp2::magic);
  const float f = std::fmaf(a, b, -(shifted - float_exp2::magic));
  float q = std::fmaf(c5, f, c4);
  q = std::fmaf(q, f, c3);
  q = std::fmaf(q, f, c2);
  q = std::fmaf(q, f, c1);
  q = std::fmaf(q, f, 1.0F);
  const std::uint32_t exponent = __builtin_bit_cast(std::uint32_t, shifted) << 23U;
  const auto power = __builtin_bit_cast(float, __builtin_bit_cast(std::uint32_t, q) + exponent);
  return shifted >= float_exp2::magic - 125.0F ? power : 0.0F;
}

}  // namespace tempsweep
