// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/math/alias_integers.hpp"

#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace tempsweep {
namespace {

void expect_exact_division(std::uint64_t a, std::uint64_t sum, int column_bits) {
  const Share share = share_divider(sum, column_bits).divide(a);
  const Uint128 numerator = static_cast<Uint128>(a) << (column_bits + 32);
  ASSERT_EQ(share.quotient, static_cast<std::uint64_t>(numerator / sum))
      << a << " of " << sum << ", c " << column_bits;
  ASSERT_EQ(share.remainder, static_cast<std::uint64_t>(numerator % sum))
      << a << " of " << sum << ", c " << column_bits;
}

TEST(AliasIntegers, division_equals_128_bit_division_at_random) {
  std::mt19937_64 random(11);
  for (int i = 0; i < 1000000; ++i) {
    const std::uint64_t sum = (std::uint64_t{1} << 59U) + (random() >> 3U) % ((std::uint64_t{3} << 60U));
    const std::uint64_t a = random() % (sum + 1) >> (random() % 62);
    expect_exact_division(a, sum, static_cast<int>(random() % 32));
  }
}

// Quotients that are whole or just miss it, where an estimate lands on the wrong side; and both ends.
TEST(AliasIntegers, division_equals_128_bit_division_at_the_edges) {
  std::mt19937_64 random(12);
  const std::uint64_t most = std::uint64_t{1} << 61U;
  for (const std::uint64_t sum :
       {most, most - 1, most + 1, most / 2, most / 2 + 1, most / 2 - 1, most / 4 * 3, most + (most >> 20U),
        std::uint64_t{1} << 60U, (most / 3) * 2 + 1}) {
    for (int c = 0; c <= 31; ++c) {
      for (const std::uint64_t a : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{2}, sum, sum - 1,
                                    sum / 2, sum / 2 + 1, sum / 3, sum >> 40U}) {
        expect_exact_division(a, sum, c);
      }
      for (int i = 0; i < 2000; ++i) {
        const std::uint64_t q = random() >> (63 - c - static_cast<int>(random() % 32)) % 64;
        const auto a = static_cast<std::uint64_t>((static_cast<Uint128>(q) * sum) >> (c + 32));
        for (std::uint64_t near = a == 0 ? 0 : a - 1; near <= a + 1 && near <= sum; ++near) {
          expect_exact_division(near, sum, c);
        }
      }
    }
  }
}

// A whole quotient whose estimate falls short leaves a remainder of exactly the divisor.
TEST(AliasIntegers, division_equals_128_bit_division_where_it_is_whole) {
  std::mt19937_64 random(14);
  for (int i = 0; i < 100000; ++i) {
    const std::uint64_t odd = (std::uint64_t{1} << 28U) | (random() >> 36U) | 1U;
    const std::uint64_t a = odd * (random() >> (32 + random() % 30));
    expect_exact_division(a, odd << 32U, static_cast<int>(random() % 18));
  }
}

TEST(AliasIntegers, ceil_log2) {
  EXPECT_EQ(ceil_log2(1.0), 0);
  EXPECT_EQ(ceil_log2(std::nextafter(1.0, 2.0)), 1);
  EXPECT_EQ(ceil_log2(2.0), 1);
  EXPECT_EQ(ceil_log2(0.75), 0);
  EXPECT_EQ(ceil_log2(0x1p-1022), -1022);
  EXPECT_EQ(ceil_log2(0x1p-1074), -1074);
  EXPECT_EQ(ceil_log2(0x3p-1074), -1072);
  EXPECT_EQ(ceil_log2(std::numeric_limits<double>::max()), 1024);
}

TEST(AliasIntegers, weight_scale_reaches_both_ends_of_double) {
  const std::uint64_t top = std::uint64_t{1} << 61U;
  for (const double w : {1.0, 0x1p-1074, 0x1p-1022, 0x1p1023, 0x1p-500}) {
    EXPECT_EQ(weight_scale(w).integer(w), top) << w;
  }
  EXPECT_EQ(weight_scale(3.0).integer(1.0), top / 4);
  EXPECT_EQ(weight_scale(0x1p1023).integer(0x1p-1074), 0U);
  EXPECT_EQ(weight_scale(1.0).integer(0x1.8p-61), 1U);  // floor
}

TEST(AliasIntegers, column_bits_and_floor) {
  EXPECT_EQ(alias_column_bits(1), 0);
  EXPECT_EQ(alias_column_bits(2), 1);
  EXPECT_EQ(alias_column_bits(3), 2);
  EXPECT_EQ(alias_column_bits(151936), 18);
  EXPECT_EQ(alias_column_bits(std::uint64_t{1} << 31U), 31);
  EXPECT_EQ(sampler_floor(0), 0x1p-33);
  EXPECT_EQ(sampler_floor(17), 0x1p-50);
}

// The order is part of the law: a sum in another order may move a W_i by a unit.
TEST(AliasIntegers, block_sum_keeps_its_order) {
  std::mt19937_64 random(13);
  for (const std::size_t count : {1U, 7U, 8U, 9U, 511U, 512U}) {
    std::vector<double> weights(count);
    for (double& w : weights) {
      w = std::ldexp(static_cast<double>(random() >> 11U), -static_cast<int>(random() % 60));
    }
    double lane[8] = {};
    for (std::size_t i = 0; i < count; ++i) {
      lane[i % 8] += weights[i];
    }
    const double even = (lane[0] + lane[4]) + (lane[2] + lane[6]);
    const double odd = (lane[1] + lane[5]) + (lane[3] + lane[7]);
    EXPECT_EQ(weight_block_sum(weights.data(), count), even + odd);
  }
}

}  // namespace
}  // namespace tempsweep
