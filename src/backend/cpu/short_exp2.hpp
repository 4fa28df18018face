// SPDX-License-Identifier: Apache-2.0
// Polynomials of 2^f on [−½, ½] for tolerances that do not need the one of math/rest_sums.hpp. Minimax in the
// relative error, c₀ = 1; tests/backend/sum_paths_test.cpp measures the errors that stand here.
#pragma once

namespace tempsweep::cpu {

/// In double: 2^-34.3.
namespace brief_exp2 {
inline constexpr int degree = 7;
inline constexpr double coefficients[degree + 1] = {
    1.0,
    0x1.62e42ff0e1920p-1,
    0x1.ebfbe07787276p-3,
    0x1.c6b08ac06bc8dp-5,
    0x1.3b29f39d4c204p-7,
    0x1.5d8a85feca824p-10,
    0x1.445c8404cdec7p-13,
    0x1.fde5fdec3f048p-17,
};
}  // namespace brief_exp2

/// In float, coefficients and all: 2^-18.4 (degree 4), 2^-23.3 (degree 5) and 2^-28.0 (degree 6).
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

}  // namespace tempsweep::cpu
