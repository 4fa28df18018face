// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/math/draw_address.hpp"

#include <random>
#include <set>

#include <gtest/gtest.h>

namespace tempsweep {
namespace {

TEST(DrawAddress, is_the_three_calls_written_out) {
  const std::uint64_t seed = 0x0123456789abcdefU;
  const std::uint64_t row = 0xfedcba9876543210U;
  const PhiloxBlock a = philox4x32_10({0, 0x3ff80000U, 32000, 4}, {0x89abcdefU, 0x01234567U});  // T = 1.5
  const PhiloxBlock b = philox4x32_10({0x76543210U, 0xfedcba98U, a.z, a.w}, {a.x, a.y});
  const PhiloxBlock block = philox4x32_10({5, 1, b.z, b.w}, {b.x, b.y});
  const PointStream stream = point_stream(seed, 1.5, 32000, Purpose::resimulation, row);
  EXPECT_EQ(stream.block(0x100000005U), block);
}

// The address is a promise across versions: these words may never change.
TEST(DrawAddress, golden_words) {
  const PointStream stream = point_stream(42, 0.7, 32000, Purpose::alias, 3);
  EXPECT_EQ(stream.word(0), 0xeaca1baa199cd6a9U);
  EXPECT_EQ(stream.word(1), 0x477ac9b554ef6bedU);
  EXPECT_EQ(stream.word(1000001), 0xba6b6e2adbcc31c8U);
}

TEST(DrawAddress, words_are_low_word_first) {
  const PointStream stream = point_stream(1, 1.0, 10, Purpose::gumbel, 0);
  const PhiloxBlock block = stream.block(9);
  EXPECT_EQ(stream.word(18), (std::uint64_t{block.y} << 32U) + block.x);
  EXPECT_EQ(stream.word(19), (std::uint64_t{block.w} << 32U) + block.z);
}

TEST(DrawAddress, negative_zero_is_zero) {
  EXPECT_EQ(point_stream(1, -0.0, 10, Purpose::alias, 2).word(0),
            point_stream(1, 0.0, 10, Purpose::alias, 2).word(0));
}

TEST(DrawAddress, temperature_block_is_shared_by_rows) {
  const PhiloxBlock shared = temperature_address(9, 0.3, 77, Purpose::inverse);
  EXPECT_EQ(row_stream(shared, 1U << 31U).word(5),
            point_stream(9, 0.3, 77, Purpose::inverse, 1U << 31U).word(5));
}

TEST(DrawAddress, every_part_of_the_address_matters) {
  const auto first = [](std::uint64_t seed, double t, std::uint32_t v, Purpose p, std::uint64_t row) {
    return point_stream(seed, t, v, p, row).word(0);
  };
  std::set<std::uint64_t> seen{first(1, 1.0, 10, Purpose::alias, 0)};
  seen.insert(first(1 + (std::uint64_t{1} << 32U), 1.0, 10, Purpose::alias, 0));
  seen.insert(first(2, 1.0, 10, Purpose::alias, 0));
  seen.insert(first(1, 1.0000000000000002, 10, Purpose::alias, 0));
  seen.insert(first(1, 2.0, 10, Purpose::alias, 0));
  seen.insert(first(1, 1.0, 11, Purpose::alias, 0));
  for (std::uint32_t purpose = 1; purpose <= 6; ++purpose) {
    seen.insert(first(1, 1.0, 10, static_cast<Purpose>(purpose), 0));
  }
  seen.insert(first(1, 1.0, 10, Purpose::alias, 1));
  seen.insert(first(1, 1.0, 10, Purpose::alias, std::uint64_t{1} << 32U));
  EXPECT_EQ(seen.size(), 14U);
}

TEST(DrawAddress, random_points_do_not_collide) {
  std::mt19937_64 random(3);
  std::set<std::uint64_t> seen;
  for (std::uint64_t i = 0; i < 20000; ++i) {
    seen.insert(
        point_stream(5, 1.0 + static_cast<double>(i % 7), 1000, Purpose::alias, random()).word(random()));
  }
  EXPECT_EQ(seen.size(), 20000U);
}

}  // namespace
}  // namespace tempsweep
