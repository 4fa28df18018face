// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tempsweep/math/host_device.hpp"

namespace tempsweep {

// The builtin instead of std::bit_cast, which is a host function to nvcc.

TEMPSWEEP_HD constexpr std::uint64_t bits_of(double value) {
  return __builtin_bit_cast(std::uint64_t, value);
}

TEMPSWEEP_HD constexpr double double_of(std::uint64_t bits) {
  return __builtin_bit_cast(double, bits);
}

/// Instead of std::numeric_limits, whose members are host functions to nvcc.
namespace ieee {
inline constexpr double infinity = double_of(0x7FF0000000000000U);
inline constexpr double largest = double_of(0x7FEFFFFFFFFFFFFFU);
inline constexpr double nan = double_of(0x7FF8000000000000U);
}  // namespace ieee

}  // namespace tempsweep
