// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/core/ordering_axes.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace tempsweep {
namespace {

/// high + low is the decimal number: times the power of ten it is whole, to a hundred bits.
void expect_decimal(double level, double digits, double ten) {
  const DoubleDouble decimal = decimal_level(level);
  EXPECT_EQ(decimal.high, level);
  const double missing = std::fma(-decimal.high, ten, digits) - decimal.low * ten;
  EXPECT_LE(std::abs(missing), 0x1p-52 * std::abs(decimal.low * ten)) << level;
}

TEST(DecimalLevel, IsTheNumberThatWasWritten) {
  expect_decimal(0.9, 9, 10);
  expect_decimal(0.1, 1, 10);
  expect_decimal(0.95, 95, 100);
  expect_decimal(0.123456789012345, 123456789012345, 1e15);
  expect_decimal(1e-22, 1, 1e22);
  expect_decimal(2.5e-5, 25, 1e6);
  EXPECT_NE(decimal_level(0.9).low, 0);
}

TEST(DecimalLevel, IsTheDoubleWhereThatIsExactOrMeant) {
  for (const double level : {0.0, 1.0, 0.5, 0.75, 1.0 / 3, 0.1 + 0.2, 0x1p-60, 1e-30, 5e-324, 1 - 0x1p-53}) {
    EXPECT_EQ(decimal_level(level).high, level);
    EXPECT_EQ(decimal_level(level).low, 0) << level;
  }
}

}  // namespace
}  // namespace tempsweep
