// SPDX-License-Identifier: Apache-2.0
#include "source/element.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace tempsweep {
namespace {

/// Binary16 as its definition says, by arithmetic where the code under test works on bits.
double reference_half(unsigned bits) {
  const double sign = (bits & 0x8000U) != 0 ? -1.0 : 1.0;
  const int exponent = static_cast<int>(bits >> 10U & 31U);
  const double fraction = (bits & 1023U) / 1024.0;
  if (exponent == 0) return sign * std::ldexp(fraction, -14);
  if (exponent < 31) return sign * std::ldexp(1 + fraction, exponent - 15);
  return fraction == 0 ? sign * std::numeric_limits<double>::infinity()
                       : std::numeric_limits<double>::quiet_NaN();
}

TEST(HalfToDouble, IsExactForAllBitPatterns) {
  for (unsigned bits = 0; bits < 65536; ++bits) {
    const double value = half_to_double(static_cast<std::uint16_t>(bits));
    const double expected = reference_half(bits);
    if (std::isnan(expected)) {
      ASSERT_TRUE(std::isnan(value)) << bits;
    } else {
      ASSERT_EQ(value, expected) << bits;
      ASSERT_EQ(std::signbit(value), std::signbit(expected)) << bits;
    }
  }
}

TEST(HalfToDouble, HoldsTheKnownValues) {
  EXPECT_EQ(half_to_double(0x3C00), 1.0);
  EXPECT_EQ(half_to_double(0xC000), -2.0);
  EXPECT_EQ(half_to_double(0x7BFF), 65504.0);
  EXPECT_EQ(half_to_double(0x0001), std::ldexp(1.0, -24));
  EXPECT_EQ(half_to_double(0xFC00), -std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace tempsweep
