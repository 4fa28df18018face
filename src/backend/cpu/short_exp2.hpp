// SPDX-License-Identifier: Apache-2.0
// A polynomial of 2^f on [−½, ½] for tolerances that do not need the one of math/rest_sums.hpp; those in
// float are math/float_exp2.hpp's. Minimax in the relative error, c₀ = 1; tests/backend/sum_paths_test.cpp
// measures the error that stands here.
#pragma once

#include "tempsweep/math/float_exp2.hpp"

/// In double: 2^-34.3.
namespace tempsweep::cpu::brief_exp2 {

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

}  // namespace tempsweep::cpu::brief_exp2
