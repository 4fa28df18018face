// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <filesystem>
#include <initializer_list>
#include <limits>

#include <gtest/gtest.h>

#include "tempsweep/source.hpp"

#include "core/expect_error.hpp"
#include "source/files.hpp"

namespace tempsweep {
namespace {

using testing::read_all;
using testing::read_block;
using Values = std::vector<double>;
using Names = std::vector<std::string>;
constexpr double infinity = std::numeric_limits<double>::infinity();

class Csv : public testing::FileTest {
 protected:
  std::unique_ptr<Source> open(std::string_view text) { return open_source(write("x.csv", text)); }
  void expect_refused(std::string_view text, std::initializer_list<std::string_view> words) {
    testing::expect_input_error([&] { (void)open(text); }, {path("x.csv")});
    testing::expect_input_error([&] { (void)open(text); }, words);
  }
};

TEST_F(Csv, MatrixIsOneRowALine) {
  const auto source = open("1,2.5,-3e2\n0.1,inf,-inf\n");
  EXPECT_EQ(source->rows(), 2);
  EXPECT_EQ(source->width(), 3);
  EXPECT_EQ(source->dtype(), "text");
  EXPECT_EQ(source->files(), Names{path("x.csv")});
  EXPECT_TRUE(source->token_names().empty());
  EXPECT_EQ(read_all(*source), (Values{1, 2.5, -300, 0.1, infinity, -infinity}));
  EXPECT_EQ(read_block(*source, 1, 1, 2), (Values{0.1, infinity}));
}

TEST_F(Csv, TakesTheLineEndsOfAllSystems) {
  for (const char* text :
       {"1,2\n3,4", "1,2\n3,4\n", "1,2\n3,4\n\n", "1,2\n3,4\n \n\n", "1,2\r\n3,4\r\n", "1,2\r\n3,4\r\n\r\n",
        "\xEF\xBB\xBF"
        "1,2\n3,4\n",
        " 1 ,\t2\n3, 4 \n"}) {
    EXPECT_EQ(read_all(*open(text)), (Values{1, 2, 3, 4})) << text;
  }
}

TEST_F(Csv, TakesWords) {
  const Values values = read_all(*open("nan,NaN,-inf,+inf,-0,1e-400"));
  EXPECT_TRUE(std::isnan(values[0]) && std::isnan(values[1]));
  EXPECT_EQ(values[2], -infinity);
  EXPECT_EQ(values[3], infinity);
  EXPECT_TRUE(std::signbit(values[4]));
  EXPECT_EQ(values[5], 0.0);
}

TEST_F(Csv, LinesMayBeLongerThanTheBuffer) {
  std::string text;
  Values expected;
  for (int row = 0; row < 3; ++row) {
    for (int i = 0; i < 400'000; ++i) {
      expected.push_back(i % 1000 + row);
      text += fmt::format("{}{}", i == 0 ? "" : ",", i % 1000 + row);
    }
    text += '\n';
  }
  EXPECT_EQ(read_all(*open(text)), expected);
}

TEST_F(Csv, RefusesMalformedMatrices) {
  expect_refused("1,2\n3\n", {"x.csv:2:1", "1 fields", "have 2"});
  expect_refused("1,2\n3,4,5,6\n", {"x.csv:2:3", "4 fields"});
  expect_refused("1,,3\n", {"x.csv:1:2", "empty"});
  expect_refused("1,2\n3, \n", {"x.csv:2:2", "empty"});
  expect_refused("1,2,\n", {"x.csv:1:3", "empty"});
  expect_refused("1,2\n3,4x\n", {"x.csv:2:2", "'4x'", "not a number"});
  expect_refused("1,2\n3,0x10\n", {"x.csv:2:2", "'0x10'"});
  expect_refused("1,2\n3,1e999\n", {"x.csv:2:2", "too large"});
  expect_refused("1,2\n\n3,4\n", {"x.csv:2", "blank"});
  expect_refused("a,b\n1,2\n", {"x.csv:1:1", "'a'", "token,logit"});
  expect_refused("Token,Logit\na,1\n", {"x.csv:1:1", "'Token'", "token,logit"});
  expect_refused("1 2\n", {"x.csv:1:1", "'1 2'"});
  expect_refused(std::string_view("1,2\0", 4), {"x.csv:1:2", "\\x00"});
}

TEST_F(Csv, RefusesFilesWithoutNumbers) {
  expect_refused("", {"empty"});
  expect_refused("\xEF\xBB\xBF", {"no line"});
  expect_refused("\n \n", {"no numbers"});
  expect_refused("token,logit\n", {"no token"});
}

TEST_F(Csv, NamedTokensAreOneRow) {
  for (const char* text : {"token,logit\nthe,1.5\n cat,-inf\n", "token,logit\r\nthe,1.5\r\n cat,-inf\r\n\r\n",
                           "\xEF\xBB\xBFtoken,logit\nthe, 1.5\n cat,-inf"}) {
    const auto source = open(text);
    EXPECT_EQ(source->rows(), 1);
    EXPECT_EQ(source->token_names(), (Names{"the", " cat"}));
    EXPECT_EQ(read_all(*source), (Values{1.5, -infinity}));
  }
}

TEST_F(Csv, QuotedTokensHoldAnything) {
  const auto source = open(
      "token,logit\n\"a,b\",1\n\"say \"\"hi\"\"\",2\n\"\n\",3\n\"x\r\n\ny\",4\n\"\",5\n\" "
      "\",6\n\"\"\"\",7\n");
  EXPECT_EQ(source->token_names(), (Names{"a,b", "say \"hi\"", "\n", "x\r\n\ny", "", " ", "\""}));
  EXPECT_EQ(read_all(*source), (Values{1, 2, 3, 4, 5, 6, 7}));
}

TEST_F(Csv, RefusesMalformedTokens) {
  expect_refused("token,logit\na,1\nb\n", {"x.csv:3:2", "missing"});
  expect_refused("token,logit\na,\n", {"x.csv:2:2", "empty"});
  expect_refused("token,logit\n,1\n", {"x.csv:2:1", "empty"});
  expect_refused("token,logit\na,1,2\n", {"x.csv:2:3", "two fields"});
  expect_refused("token,logit\na,x\n", {"x.csv:2:2", "'x'"});
  expect_refused("token,logit\n\"a,1\nb,2\n", {"x.csv:2:1", "never closed"});
  expect_refused("token,logit\n\"a\"b,1\n", {"x.csv:2:1", "closing quote"});
  expect_refused("token,logit\na\"b,1\n", {"x.csv:2:1", "quote"});
  expect_refused("token,logit\na,1\n\nb,2\n", {"x.csv:3", "blank"});
  // The line is that of the file, also after a token over several lines.
  expect_refused("token,logit\n\"\n\n\",1\nb,y\n", {"x.csv:5:2", "'y'"});
}

TEST_F(Csv, RefusesMoreThanFourGibibytes) {
  const std::string file = write("big.csv", "1,2\n");
  std::filesystem::resize_file(file, (std::uint64_t{4} << 30U) + 1);  // sparse
  testing::expect_input_error([&] { (void)open_source(file); }, {"4.0 GiB", ".npy"});
}

}  // namespace
}  // namespace tempsweep
