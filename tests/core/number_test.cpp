// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/core/number.hpp"

#include <cmath>
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "core/expect_error.hpp"

namespace tempsweep {
namespace {

using testing::expect_input_error;
constexpr double infinity = std::numeric_limits<double>::infinity();

TEST(ParseReal, TakesPlainNumbersExactly) {
  EXPECT_EQ(parse_real("0.5", "x"), 0.5);
  EXPECT_EQ(parse_real("1e-3", "x"), 1e-3);
  EXPECT_EQ(parse_real("-2.5E+2", "x"), -250.0);
  EXPECT_EQ(parse_real("+7", "x"), 7.0);
  EXPECT_EQ(parse_real(".25", "x"), 0.25);
  EXPECT_EQ(parse_real("5.", "x"), 5.0);
  EXPECT_EQ(parse_real("0.1", "x"), 0.1);
  EXPECT_EQ(parse_real("1.7976931348623157e308", "x"), std::numeric_limits<double>::max());
  EXPECT_EQ(parse_real("4.9406564584124654e-324", "x"), std::numeric_limits<double>::denorm_min());
}

TEST(ParseReal, KeepsTheSignOfZero) {
  EXPECT_TRUE(std::signbit(parse_real("-0", "x")));
}

TEST(ParseReal, RoundsUnderflowToZero) {
  EXPECT_EQ(parse_real("1e-400", "x"), 0.0);
  EXPECT_EQ(parse_real("0.00001e-330", "x"), 0.0);
  EXPECT_EQ(parse_real("1e-99999999999999999999", "x"), 0.0);
}

TEST(ParseReal, TakesWordsInAnyCase) {
  EXPECT_EQ(parse_real("inf", "x"), infinity);
  EXPECT_EQ(parse_real("-INF", "x"), -infinity);
  EXPECT_EQ(parse_real("Infinity", "x"), infinity);
  EXPECT_TRUE(std::isnan(parse_real("NaN", "x")));
  EXPECT_TRUE(std::isnan(parse_real("-nan", "x")));
}

TEST(ParseReal, RefusesAllThatIsNotOneWholeNumber) {
  for (const char* text :
       {"0.1x", "1e", "1e+", " 1",    "1 ",    "0x10", "abc",  "-",      "+",  "--1", "+-1",
        "1,5",  ".",  "-.",  "1e5e5", "1.2.3", "in",   "infx", "nan(1)", "\n", "1\n", "e5"}) {
    expect_input_error([&] { (void)parse_real(text, "row 3"); }, {"row 3", "is not a number"});
  }
  expect_input_error([] { (void)parse_real(std::string_view("1\0", 2), "x"); }, {"'1\\x00'"});
  expect_input_error([] { (void)parse_real("", "--alpha"); }, {"--alpha", "missing"});
}

TEST(ParseReal, RefusesOverflow) {
  expect_input_error([] { (void)parse_real("1e400", "x"); }, {"'1e400'", "too large"});
  expect_input_error([] { (void)parse_real("-1e99999999999999999999", "x"); }, {"too large"});
}

TEST(ParseReal, ShortensWhatItQuotes) {
  expect_input_error([] { (void)parse_real(std::string(5000, 'y'), "x"); }, {"yyy…"});
}

TEST(ParseCount, IsExactOverAllOfItsRange) {
  EXPECT_EQ(parse_count("0", "x"), 0U);
  EXPECT_EQ(parse_count("0e5", "x"), 0U);
  EXPECT_EQ(parse_count("0.0", "x"), 0U);
  EXPECT_EQ(parse_count("007", "x"), 7U);
  EXPECT_EQ(parse_count("5000000000", "x"), 5'000'000'000U);
  EXPECT_EQ(parse_count("1e6", "x"), 1'000'000U);
  EXPECT_EQ(parse_count("1E+6", "x"), 1'000'000U);
  EXPECT_EQ(parse_count("2.5e1", "x"), 25U);
  EXPECT_EQ(parse_count("10M", "x"), 10'000'000U);
  EXPECT_EQ(parse_count("0.5k", "x"), 500U);
  EXPECT_EQ(parse_count("1.5G", "x"), 1'500'000'000U);
  EXPECT_EQ(parse_count("100e-2", "x"), 1U);
  EXPECT_EQ(parse_count("9007199254740993", "x"), 9007199254740993U);  // 2⁵³ + 1 is no double
  EXPECT_EQ(parse_count("18446744073709551615", "x"), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(parse_count("18446744073.709551615G", "x"), std::numeric_limits<std::uint64_t>::max());
}

TEST(ParseCount, RefusesFractionsAndOverflow) {
  expect_input_error([] { (void)parse_count("1.5", "--samples"); }, {"--samples", "'1.5'", "whole"});
  expect_input_error([] { (void)parse_count("0.0005k", "x"); }, {"whole"});
  expect_input_error([] { (void)parse_count("1e-1", "x"); }, {"whole"});
  expect_input_error([] { (void)parse_count("18446744073709551616", "x"); }, {"too large"});
  expect_input_error([] { (void)parse_count("1e20", "x"); }, {"too large"});
  expect_input_error([] { (void)parse_count("1e999999999999", "x"); }, {"too large"});
  expect_input_error([] { (void)parse_count("18446744073709551615k", "x"); }, {"too large"});
}

TEST(ParseCount, RefusesWhatIsNoCount) {
  for (const char* text :
       {"-1", "+1", "0x10", "1e", "1 ", " 1", "1K", "1m", "1kk", "k", "1ek", "abc", "inf", "1,000"}) {
    expect_input_error([&] { (void)parse_count(text, "--samples"); }, {"--samples", "is not a count"});
  }
  expect_input_error([] { (void)parse_count("", "--samples"); }, {"--samples", "missing"});
}

TEST(ParseBytes, CountsInPowersOfTwo) {
  EXPECT_EQ(parse_bytes("640", "x"), 640U);
  EXPECT_EQ(parse_bytes("640B", "x"), 640U);
  EXPECT_EQ(parse_bytes("1k", "x"), 1024U);
  EXPECT_EQ(parse_bytes("1K", "x"), 1024U);
  EXPECT_EQ(parse_bytes("2MB", "x"), 2U << 20U);
  EXPECT_EQ(parse_bytes("1.5GiB", "x"), 3ULL << 29U);
  EXPECT_EQ(parse_bytes("3T", "x"), 3ULL << 40U);
  EXPECT_EQ(parse_bytes("1e9", "x"), 1'000'000'000U);
  EXPECT_EQ(parse_bytes("0.1K", "x"), 102U);  // 102.4, down
}

TEST(ParseBytes, RefusesWhatIsNoSize) {
  for (const char* text : {"-1", "1X", "1iB", "1GiBB", "G", "1 G", "1gib"}) {
    expect_input_error([&] { (void)parse_bytes(text, "--memory"); }, {"--memory", "size in bytes"});
  }
  expect_input_error([] { (void)parse_bytes("99999999T", "x"); }, {"too large"});
}

TEST(FormatBytes, PicksTheUnit) {
  EXPECT_EQ(format_bytes(0), "0 B");
  EXPECT_EQ(format_bytes(640), "640 B");
  EXPECT_EQ(format_bytes(1023), "1023 B");
  EXPECT_EQ(format_bytes(1024), "1.0 KiB");
  EXPECT_EQ(format_bytes(3ULL << 29U), "1.5 GiB");
  EXPECT_EQ(format_bytes((1ULL << 20U) - 1), "1.0 MiB");
  EXPECT_EQ(format_bytes(std::numeric_limits<std::uint64_t>::max()), "16.0 EiB");
}

}  // namespace
}  // namespace tempsweep
