// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/core/temperature_grid.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "core/expect_error.hpp"

namespace tempsweep {
namespace {

using testing::expect_error;
using testing::expect_input_error;
using Grid = std::vector<double>;
constexpr double infinity = std::numeric_limits<double>::infinity();

void expect_strictly_increasing(const Grid& grid) {
  EXPECT_EQ(std::adjacent_find(grid.begin(), grid.end(), std::greater_equal<>{}), grid.end());
}

TEST(Temperatures, ListIsSortedAndUnique) {
  EXPECT_EQ(parse_temperatures("0.7"), Grid{0.7});
  EXPECT_EQ(parse_temperatures("1,0.1,0.5,1,inf,0"), (Grid{0, 0.1, 0.5, 1, infinity}));
  EXPECT_EQ(parse_temperatures("1e0,1.0,1"), Grid{1});
}

TEST(Temperatures, MinusZeroIsZero) {
  const Grid grid = parse_temperatures("-0,0,-0.0");
  ASSERT_EQ(grid.size(), 1U);
  EXPECT_FALSE(std::signbit(grid[0]));
}

TEST(Temperatures, LinearIsTheFormula) {
  EXPECT_EQ(parse_temperatures("lin:0:1:5"), (Grid{0, 0.25, 0.5, 0.75, 1}));
  const Grid grid = parse_temperatures("lin:0.05:5:1000");
  ASSERT_EQ(grid.size(), 1000U);
  for (std::size_t i = 0; i < 999; ++i) EXPECT_EQ(grid[i], 0.05 + (5 - 0.05) * static_cast<double>(i) / 999);
  EXPECT_EQ(grid.back(), 5.0);
  EXPECT_EQ(parse_temperatures("lin:0:1:11")[3], 0.3);
}

TEST(Temperatures, LogarithmicIsTheFormula) {
  const Grid grid = parse_temperatures("log:0.01:100:4096");
  ASSERT_EQ(grid.size(), 4096U);
  for (std::size_t i = 1; i < 4095; ++i) {
    EXPECT_EQ(grid[i], 0.01 * std::pow(100 / 0.01, static_cast<double>(i) / 4095));
  }
  EXPECT_EQ(parse_temperatures("log:1:16:5"), (Grid{1, 2, 4, 8, 16}));
}

TEST(Temperatures, InverseLinearIsTheFormula) {
  EXPECT_EQ(parse_temperatures("invlin:0.25:1:4"), (Grid{0.25, 1 / 3.0, 0.5, 1}));
  const Grid grid = parse_temperatures("invlin:0.1:20:512");
  ASSERT_EQ(grid.size(), 512U);
  for (std::size_t i = 1; i < 511; ++i) {
    EXPECT_EQ(grid[i], 1 / (1 / 0.1 + (1 / 20.0 - 1 / 0.1) * static_cast<double>(i) / 511));
  }
}

TEST(Temperatures, RangesHoldBothEndsToTheBit) {
  // The inverse of the inverse misses 49 and many others by a bit; the ends must not.
  for (const char* ends : {"0.1:0.7", "0.3:49", "1e-300:1e300", "0.05:5", "1e-5:103", "3.3:9.9"}) {
    const std::string text(ends);
    const double a = std::stod(text.substr(0, text.find(':')));
    const double b = std::stod(text.substr(text.find(':') + 1));
    for (const char* spacing : {"lin", "log", "invlin"}) {
      for (const char* n : {"2", "3", "7", "1000"}) {
        const Grid grid = parse_temperatures(std::string(spacing) + ":" + text + ":" + n);
        EXPECT_EQ(grid.front(), a) << spacing << text;
        EXPECT_EQ(grid.back(), b) << spacing << text;
        expect_strictly_increasing(grid);
        EXPECT_TRUE(std::all_of(grid.begin(), grid.end(), [](double t) { return std::isfinite(t); }));
      }
    }
  }
}

TEST(Temperatures, LogarithmicOverAllDoublesStaysOnTheCurve) {
  const Grid grid = parse_temperatures("log:1e-200:1e200:5");
  ASSERT_EQ(grid.size(), 5U);
  EXPECT_NEAR(grid[2], 1, 1e-12);
  EXPECT_NEAR(std::log10(grid[1]), -100, 1e-10);
}

TEST(Temperatures, LinearOverAllDoublesDoesNotOverflow) {
  const Grid grid = parse_temperatures("lin:0:1.6e308:101");
  ASSERT_EQ(grid.size(), 101U);
  EXPECT_NEAR(grid[50] / 0.8e308, 1, 1e-14);
}

TEST(Temperatures, OnePointNeedsOneEnd) {
  EXPECT_EQ(parse_temperatures("lin:2:2:1"), Grid{2});
  EXPECT_EQ(parse_temperatures("lin:2:2:9"), Grid{2});
  EXPECT_EQ(parse_temperatures("log:2:2:1"), Grid{2});
  expect_input_error([] { (void)parse_temperatures("lin:1:2:1"); }, {"'lin:1:2:1'", "n = 1 needs a = b"});
}

TEST(Temperatures, ItemsMix) {
  EXPECT_EQ(parse_temperatures("inf,lin:1:2:3,0,log:1:4:3,1.5"), (Grid{0, 1, 1.5, 2, 4, infinity}));
}

TEST(Temperatures, PointsOfManyRangesStayUnique) {
  const Grid grid = parse_temperatures("log:0.01:100:20001,lin:0.01:100:20001,invlin:0.01:100:20001");
  expect_strictly_increasing(grid);
  EXPECT_GT(grid.size(), 59'000U);
  EXPECT_LE(grid.size(), 60'003U - 4);  // the ends, at least, coincide
}

TEST(Temperatures, CountsTakeSuffixesAndMayBeHuge) {
  EXPECT_EQ(parse_temperatures("lin:0:1:1e3").size(), 1000U);
  const Grid grid = parse_temperatures("log:0.01:100:10M");
  EXPECT_EQ(grid.size(), 10'000'000U);
  EXPECT_EQ(grid.front(), 0.01);
  EXPECT_EQ(grid.back(), 100.0);
  expect_strictly_increasing(grid);
}

TEST(Temperatures, RefusesAbsurdCounts) {
  expect_input_error([] { (void)parse_temperatures("lin:0:1:2147483648"); },
                     {"'lin:0:1:2147483648'", "2147483647"});
  expect_input_error([] { (void)parse_temperatures("1,2,lin:0:1:2147483647"); }, {"beyond 2147483647"});
  expect_input_error([] { (void)parse_temperatures("lin:0:1:1e30"); }, {"lin:0:1:1e30", "too large"});
  expect_input_error([] { (void)parse_temperatures("lin:0:1:0"); }, {"no points"});
  expect_input_error([] { (void)parse_temperatures("lin:0:1:2.5"); }, {"whole"});
  expect_input_error([] { (void)parse_temperatures("lin:0:1:-3"); }, {"count"});
}

TEST(Temperatures, RefusesBadValuesNamingTheItem) {
  expect_input_error([] { (void)parse_temperatures("1,-0.5,2"); }, {"--temperatures", "'-0.5'", "negative"});
  expect_input_error([] { (void)parse_temperatures("-inf"); }, {"'-inf'", "negative"});
  expect_input_error([] { (void)parse_temperatures("1,nan"); }, {"'nan'"});
  expect_input_error([] { (void)parse_temperatures("lin:nan:1:3"); }, {"lin:nan:1:3", "'nan'"});
  expect_input_error([] { (void)parse_temperatures("lin:-1:1:3"); }, {"lin:-1:1:3", "negative"});
  for (const char* item : {"0.1x", "1e", " 1", "0x10", "abc"}) {
    expect_input_error([&] { (void)parse_temperatures(item); }, {item, "not a number"});
  }
}

TEST(Temperatures, RefusesBadRangesNamingTheItem) {
  expect_input_error([] { (void)parse_temperatures("lin:5:1:10"); },
                     {"'lin:5:1:10'", "descending", "a <= b"});
  expect_input_error([] { (void)parse_temperatures("log:0:1:10"); }, {"'log:0:1:10'", "above 0"});
  expect_input_error([] { (void)parse_temperatures("invlin:0:1:10"); }, {"above 0"});
  expect_input_error([] { (void)parse_temperatures("invlin:1e-310:1:10"); }, {"1/T"});
  expect_input_error([] { (void)parse_temperatures("lin:1:inf:10"); }, {"infinite end"});
  expect_input_error([] { (void)parse_temperatures("lin:1:2"); }, {"'lin:1:2'", "lin:a:b:n"});
  expect_input_error([] { (void)parse_temperatures("lin:1:2:3:4"); }, {"lin:a:b:n"});
  expect_input_error([] { (void)parse_temperatures("geo:1:2:3"); }, {"'geo:1:2:3'", "invlin"});
  expect_input_error([] { (void)parse_temperatures("lin:1::3"); }, {"missing"});
}

TEST(Temperatures, RefusesEmptyItems) {
  for (const char* text : {"", ",", "1,", ",1", "1,,2"}) {
    expect_input_error([&] { (void)parse_temperatures(text); }, {"--temperatures", "empty"});
  }
}

class TemperatureFile : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(path_.parent_path()); }
  void TearDown() override { std::filesystem::remove_all(path_.parent_path()); }
  Grid parse(const std::string& text) {
    std::ofstream(path_, std::ios::binary) << text;
    return parse_temperatures(fmt::format("@{},3", path_.string()));
  }
  std::filesystem::path path_ = std::filesystem::path(::testing::TempDir()) /
                                fmt::format("temperatures_{}_{}", ::getpid(),
                                            ::testing::UnitTest::GetInstance()->current_test_info()->name()) /
                                "t.txt";
};

TEST_F(TemperatureFile, HoldsOneTemperatureALine) {
  EXPECT_EQ(parse("# a comment\n2\n\n0.5\r\n   \ninf\n1 \n"), (Grid{0.5, 1, 2, 3, infinity}));
  EXPECT_EQ(parse("0.25"), (Grid{0.25, 3}));
  EXPECT_EQ(parse(""), Grid{3});
}

TEST_F(TemperatureFile, ErrorsNameTheLine) {
  expect_input_error([&] { (void)parse("1\n2\nx\n"); }, {"t.txt:3", "'x'"});
  expect_input_error([&] { (void)parse("1\n-2\n"); }, {"t.txt:2", "negative"});
  expect_input_error([&] { (void)parse("1 2\n"); }, {"t.txt:1"});
}

TEST_F(TemperatureFile, ThatHoldsNothingIsAnError) {
  (void)parse("# nothing\n");
  expect_input_error([&] { (void)parse_temperatures(fmt::format("@{}", path_.string())); },
                     {"no temperature"});
}

TEST_F(TemperatureFile, ThatCannotBeReadIsBadInput) {
  expect_error<InputError>([] { (void)parse_temperatures("@/no/such/file"); },
                           {"'/no/such/file'", "cannot be read"});
  expect_error<InputError>(
      [&] { (void)parse_temperatures(fmt::format("@{}", path_.parent_path().string())); },
      {"cannot be read"});
  expect_input_error([] { (void)parse_temperatures("@"); }, {"names no file"});
}

}  // namespace
}  // namespace tempsweep
