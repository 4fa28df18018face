// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/math/philox.hpp"

#include <gtest/gtest.h>

namespace tempsweep {
namespace {

// Random123, tests/kat_vectors, philox4x32 10.
TEST(Philox, known_answer_zeros) {
  EXPECT_EQ(philox4x32_10({0, 0, 0, 0}, {0, 0}),
            (PhiloxBlock{0x6627e8d5U, 0xe169c58dU, 0xbc57ac4cU, 0x9b00dbd8U}));
}

TEST(Philox, known_answer_ones) {
  constexpr std::uint32_t ones = 0xffffffffU;
  EXPECT_EQ(philox4x32_10({ones, ones, ones, ones}, {ones, ones}),
            (PhiloxBlock{0x408f276dU, 0x41c83b0eU, 0xa20bc7c6U, 0x6d5451fdU}));
}

TEST(Philox, known_answer_digits_of_pi) {
  EXPECT_EQ(philox4x32_10({0x243f6a88U, 0x85a308d3U, 0x13198a2eU, 0x03707344U}, {0xa4093822U, 0x299f31d0U}),
            (PhiloxBlock{0xd16cfe09U, 0x94fdccebU, 0x5001e420U, 0x24126ea1U}));
}

TEST(Philox, runs_at_compile_time) {
  static_assert(philox4x32_10({0, 0, 0, 0}, {0, 0}).x == 0x6627e8d5U);
}

}  // namespace
}  // namespace tempsweep
