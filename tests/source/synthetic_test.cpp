// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>

#include <gtest/gtest.h>

#include "tempsweep/math/philox.hpp"
#include "tempsweep/source.hpp"

#include "core/expect_error.hpp"
#include "source/files.hpp"

namespace tempsweep {
namespace {

using testing::expect_input_error;
using testing::read_all;
using testing::read_block;
using Values = std::vector<double>;

struct Moments {
  double mean;
  double variance;
};

Moments moments(const Values& values) {
  const auto n = static_cast<double>(values.size());
  double mean = 0;
  double square = 0;
  for (const double value : values) mean += value / n;
  for (const double value : values) square += (value - mean) * (value - mean) / n;
  return {mean, square};
}

TEST(Synthetic, SaysWhatItIs) {
  const auto source = synthetic_source("normal:3", 2, 5, 7);
  EXPECT_EQ(source->name(), "synthetic:normal:3");
  EXPECT_EQ(source->rows(), 2);
  EXPECT_EQ(source->width(), 5);
  EXPECT_EQ(source->dtype(), "f64");
  EXPECT_EQ(source->scratch_bytes(2), 0U);
  EXPECT_TRUE(source->files().empty());
  EXPECT_TRUE(source->token_names().empty());
}

TEST(Synthetic, ValuesDependOnRowAndTokenAlone) {
  for (const char* law : {"normal:2", "gumbel", "zipf:1.1", "uniform:-1:3"}) {
    const auto wide = synthetic_source(law, 9, 1001, 42);
    const auto narrow = synthetic_source(law, 5, 64, 42);
    EXPECT_EQ(read_block(*wide, 0, 5, 64), read_all(*narrow)) << law;
    const Values whole = read_all(*wide);
    Values pieces;
    for (std::int64_t first = 0; first < 9; first += 2) {
      const Values piece = read_block(*wide, first, std::min<std::int64_t>(2, 9 - first), 1001);
      pieces.insert(pieces.end(), piece.begin(), piece.end());
    }
    EXPECT_EQ(pieces, whole) << law;
    const Values odd = read_block(*wide, 3, 1, 7);
    EXPECT_TRUE(std::equal(odd.begin(), odd.end(), whole.begin() + 3 * 1001)) << law;
  }
}

TEST(Synthetic, SeedRowAndTokenAllMatter) {
  std::set<double> seen;
  for (const std::uint64_t seed : {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{1} << 32U}) {
    for (const double value : read_all(*synthetic_source("normal:1", 50, 33, seed))) seen.insert(value);
  }
  EXPECT_EQ(seen.size(), 3U * 50 * 33);
}

TEST(Synthetic, UniformIsTheDocumentedPhiloxBlock) {
  const std::uint64_t seed = 0x1234567890ABCDEFU;
  const Values row = read_block(*synthetic_source("uniform:0:1", 3, 12, seed), 2, 1, 12);
  const PhiloxBlock block = philox4x32_10({5, 6, 2, 0}, {0x90ABCDEFU, 0x12345678U});
  const auto unit = [](std::uint32_t low, std::uint32_t high) {
    return (std::floor((high * 4294967296.0 + (low & 0xFFFFF000U)) / 4096) * 2 + 1) / 9007199254740992.0;
  };
  EXPECT_EQ(row[10], unit(block.x, block.y));
  EXPECT_EQ(row[11], unit(block.z, block.w));
}

TEST(Synthetic, ZipfIsTheFormula) {
  const Values values = read_all(*synthetic_source("zipf:1.5", 2, 100, 3));
  for (std::size_t i = 0; i < 200; ++i) {
    EXPECT_EQ(values[i], -1.5 * std::log(static_cast<double>(i % 100 + 1)));
  }
}

TEST(Synthetic, MomentsAreThoseOfTheLaw) {
  // 400 000 draws: five standard errors are below the margins.
  const auto of = [](const char* law) { return moments(read_all(*synthetic_source(law, 4, 100'000, 11))); };
  const Moments normal = of("normal:3");
  EXPECT_NEAR(normal.mean, 0, 0.025);
  EXPECT_NEAR(normal.variance, 9, 0.11);
  const Moments gumbel = of("gumbel");
  EXPECT_NEAR(gumbel.mean, std::numbers::egamma, 0.011);
  EXPECT_NEAR(gumbel.variance, std::numbers::pi * std::numbers::pi / 6, 0.025);
  const Moments uniform = of("uniform:-1:3");
  EXPECT_NEAR(uniform.mean, 1, 0.0095);
  EXPECT_NEAR(uniform.variance, 16 / 12.0, 0.01);
}

TEST(Synthetic, PairsOfNormalsAreUncorrelated) {
  const Values values = read_all(*synthetic_source("normal:1", 1, 400'000, 5));
  double product = 0;
  double tail = 0;
  for (std::size_t i = 0; i < values.size(); i += 2) product += values[i] * values[i + 1];
  for (const double value : values) tail += std::abs(value) > 2 ? 1 : 0;
  EXPECT_NEAR(product / 200'000, 0, 0.0115);
  EXPECT_NEAR(tail / 400'000, 0.04550, 0.0017);
}

TEST(Synthetic, ParametersMayDegenerate) {
  for (const double value : read_all(*synthetic_source("normal:0", 1, 5, 1))) EXPECT_EQ(value, 0.0);
  EXPECT_EQ(read_all(*synthetic_source("uniform:2:2", 1, 3, 1)), (Values{2, 2, 2}));
}

TEST(Synthetic, RefusesMalformedLaws) {
  const auto refused = [](const char* law, std::initializer_list<std::string_view> words) {
    expect_input_error([&] { (void)synthetic_source(law, 1, 5, 0); }, {law});
    expect_input_error([&] { (void)synthetic_source(law, 1, 5, 0); }, words);
  };
  for (const char* law : {"", "gauss:1", "Normal:1", "cauchy"}) {
    refused(law, {"unknown", "normal:sigma", "gumbel", "zipf:s", "uniform:a:b"});
  }
  for (const char* law : {"normal", "normal:1:2", "gumbel:1", "zipf", "uniform:1", "uniform:1:2:3"}) {
    refused(law, {"parameters are given", "normal:sigma"});
  }
  refused("normal:x", {"'x'", "not a number"});
  refused("normal:", {"missing"});
  refused("normal:-1", {"negative"});
  refused("zipf:-1", {"negative"});
  refused("normal:inf", {"finite"});
  refused("zipf:nan", {"finite"});
  refused("uniform:2:1", {"a <= b"});
  refused("uniform:-1e308:1e308", {"too far"});
}

TEST(Synthetic, RefusesEmptyShapes) {
  expect_input_error([] { (void)synthetic_source("gumbel", 0, 5, 0); }, {"--synthetic-rows"});
  expect_input_error([] { (void)synthetic_source("gumbel", 1, 0, 0); }, {"width of 0"});
  expect_input_error([] { (void)synthetic_source("gumbel", 1, 4294967297, 0); }, {"width of 4294967297"});
}

}  // namespace
}  // namespace tempsweep
