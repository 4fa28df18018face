// SPDX-License-Identifier: Apache-2.0
// cuRAND's device code, compiled for the host, gives the very words of ours. Needs the toolkit's headers
// only.
#define QUALIFIERS static inline
#include <random>

#include <curand_kernel.h>
#include <gtest/gtest.h>

#include "tempsweep/math/draw_address.hpp"

namespace tempsweep {
namespace {

PhiloxBlock from_curand(uint4 words) {
  return {words.x, words.y, words.z, words.w};
}

TEST(PhiloxCurand, block_function_is_the_same) {
  std::mt19937 random(7);
  for (int i = 0; i < 10000; ++i) {
    const auto word = [&random] { return static_cast<std::uint32_t>(random()); };
    const PhiloxBlock counter{word(), word(), word(), word()};
    const PhiloxKey key{word(), word()};
    EXPECT_EQ(philox4x32_10(counter, key),
              from_curand(curand_Philox4x32_10(make_uint4(counter.x, counter.y, counter.z, counter.w),
                                               make_uint2(key.x, key.y))));
  }
}

TEST(PhiloxCurand, point_stream_is_seed_subsequence_and_offset) {
  std::mt19937_64 random(8);
  for (const double temperature : {0.0, 0.7, 1.0, 1e6}) {
    for (int i = 0; i < 200; ++i) {
      const PointStream stream =
          point_stream(random(), temperature, 151936, Purpose::alias, random() >> (i % 60));
      const std::uint64_t j = (random() >> 2U) >> (i % 50);  // cuRAND's offset 4j has 64 bits
      curandStatePhilox4_32_10_t state;
      curand_init(join_words(stream.key.x, stream.key.y), join_words(stream.stream_low, stream.stream_high),
                  4 * j, &state);
      EXPECT_EQ(stream.block(j), from_curand(curand4(&state))) << j;
      EXPECT_EQ(stream.block(j + 1), from_curand(curand4(&state))) << j;
    }
  }
}

}  // namespace
}  // namespace tempsweep
