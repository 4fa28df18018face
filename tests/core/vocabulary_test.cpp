// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/core/vocabulary.hpp"

#include <gtest/gtest.h>

#include "core/expect_error.hpp"

namespace tempsweep {
namespace {

using testing::expect_input_error;
using Sizes = std::vector<std::int64_t>;

TEST(Vocabulary, ListIsSortedAndUnique) {
  EXPECT_EQ(parse_vocabulary_sizes("32000,10,1000,10", 50000), (Sizes{10, 1000, 32000}));
  EXPECT_EQ(parse_vocabulary_sizes("1k,1e3,32k", 50000), (Sizes{1000, 32000}));
  EXPECT_EQ(parse_vocabulary_sizes("1", 1), Sizes{1});
}

TEST(Vocabulary, AllIsTheWidth) {
  EXPECT_EQ(parse_vocabulary_sizes("all", 50257), Sizes{50257});
  EXPECT_EQ(parse_vocabulary_sizes("all,50257,7", 50257), (Sizes{7, 50257}));
}

TEST(Vocabulary, PowersOfTwoHoldBothEnds) {
  EXPECT_EQ(parse_vocabulary_sizes("log2:64:512", 1000), (Sizes{64, 128, 256, 512}));
  EXPECT_EQ(parse_vocabulary_sizes("log2:8:8", 1000), Sizes{8});
  EXPECT_EQ(parse_vocabulary_sizes("log2:1:4,3,all", 9), (Sizes{1, 2, 3, 4, 9}));
  EXPECT_EQ(parse_vocabulary_sizes("log2:64:131072", 0).size(), 12U);
  EXPECT_EQ(parse_vocabulary_sizes("log2:1:4611686018427387904", 0).size(), 63U);
}

TEST(Vocabulary, UnknownWidthTakesAnySizeButNotAll) {
  EXPECT_EQ(parse_vocabulary_sizes("5000000000", 0), Sizes{5'000'000'000});
  expect_input_error([] { (void)parse_vocabulary_sizes("10,all", 0); }, {"--vocab", "'all'"});
}

TEST(Vocabulary, RefusesMoreThanTheInputHolds) {
  expect_input_error([] { (void)parse_vocabulary_sizes("10,51", 50); }, {"'51'", "50 tokens wide"});
  expect_input_error([] { (void)parse_vocabulary_sizes("log2:2:64", 50); },
                     {"'log2:2:64'", "50 tokens wide"});
}

TEST(Vocabulary, RefusesMalformedItems) {
  expect_input_error([] { (void)parse_vocabulary_sizes("0", 50); }, {"'0'", "begin at 1"});
  expect_input_error([] { (void)parse_vocabulary_sizes("-3", 50); }, {"'-3'", "count"});
  expect_input_error([] { (void)parse_vocabulary_sizes("ALL", 50); }, {"'ALL'"});
  expect_input_error([] { (void)parse_vocabulary_sizes("1.5", 50); }, {"whole"});
  expect_input_error([] { (void)parse_vocabulary_sizes("18446744073709551615", 0); }, {"too large"});
  expect_input_error([] { (void)parse_vocabulary_sizes("log2:3:8", 50); }, {"'log2:3:8'", "powers of two"});
  expect_input_error([] { (void)parse_vocabulary_sizes("log2:2:9", 50); }, {"powers of two"});
  expect_input_error([] { (void)parse_vocabulary_sizes("log2:8:2", 50); }, {"descending"});
  expect_input_error([] { (void)parse_vocabulary_sizes("log2:8", 50); }, {"log2:from:to"});
  expect_input_error([] { (void)parse_vocabulary_sizes("lin:1:8", 50); }, {"log2:from:to"});
  expect_input_error([] { (void)parse_vocabulary_sizes("log2:0:8", 50); }, {"begin at 1"});
}

TEST(Vocabulary, RefusesEmptyItems) {
  for (const char* text : {"", ",", "1,", ",1", "1,,2"}) {
    expect_input_error([&] { (void)parse_vocabulary_sizes(text, 50); }, {"--vocab", "empty"});
  }
}

}  // namespace
}  // namespace tempsweep
