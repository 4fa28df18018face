// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tempsweep/foreign_draws.hpp"

#include "core/expect_error.hpp"
#include "source/files.hpp"

namespace tempsweep {
namespace {

using testing::expect_input_error;
using testing::npy_bytes;
using testing::npy_dictionary;
using testing::raw;
using Values = std::vector<std::uint64_t>;

class Draws : public testing::FileTest {
 protected:
  [[nodiscard]] Values count(std::string_view bytes, std::int64_t rows = 1, std::int64_t width = 4) const {
    return count_draws(write("ids", bytes), {rows, width, {}}).counts;
  }
  void refuse(std::string_view bytes, std::initializer_list<std::string_view> words,
              std::int64_t rows = 1) const {
    expect_input_error([&] { (void)count(bytes, rows); }, words);
  }
};

TEST_F(Draws, TextIsOneIdALine) {
  for (const char* text : {"3\n0\n3\n1\n", "3\n0\n3\n1", "3\r\n0\r\n3\r\n1\r\n", "3\n0\n3\n1\n\n\n"}) {
    EXPECT_EQ(count(text), (Values{1, 1, 0, 2})) << text;
  }
}

TEST_F(Draws, TextIsReadByPieces) {
  std::string text;
  Values expected(1000, 0);
  std::uint64_t state = 1;
  for (int i = 0; i < 700'000; ++i) {  // 2.7 MB: three pieces, lines across their edges
    state = state * 6364136223846793005U + 1442695040888963407U;
    const std::uint64_t id = state >> 33U & 1023U;
    if (id >= 1000) continue;
    ++expected[id];
    text += std::to_string(id) + '\n';
  }
  EXPECT_EQ(count(text, 1, 1000), expected);
}

TEST_F(Draws, RefusesMalformedText) {
  refuse("3\n4\n", {"ids:2", "token id 4", "0 ... 3"});
  refuse("3\n-1\n", {"ids:2", "token id -1", "negative"});
  refuse("3\nx\n", {"ids:2", "'x'", "whole number a line"});
  refuse("3\n1.0\n", {"ids:2", "'1.0'"});
  refuse("3 1\n", {"ids:1", "'3 1'"});
  refuse("3\n99999999999999999999\n", {"ids:2", "'99999999999999999999'"});
  refuse("3\n\n1\n", {"ids:2", "blank"});
  refuse("\n\n", {"all counts are 0"});
  refuse("", {"empty"});
  refuse("1\n2\n", {"one row", "2 rows", "--rows"}, 2);
  refuse(std::string(3U << 20U, '1'), {"ids:1", "no end"});
  std::string text;
  for (int i = 0; i < 600'000; ++i) text += "1\n";
  refuse(text + "9\n", {"ids:600001", "token id 9"});
}

TEST_F(Draws, NpyOfAnyShapeIsOneRow) {
  const std::vector<std::int16_t> ids{3, 0, 3, 1, 3, 3};
  for (const char* shape : {"(6,)", "(2, 3)", "(1, 3, 2)", "(6, 1)"}) {
    EXPECT_EQ(count(npy_bytes(npy_dictionary("<i2", shape), raw(ids))), (Values{1, 1, 0, 4})) << shape;
  }
  EXPECT_EQ(count(npy_bytes(npy_dictionary("|u1", "()"), std::string(1, '\2'))), (Values{0, 0, 1, 0}));
}

TEST_F(Draws, NpyRows) {
  const std::vector<std::int64_t> ids{3, 0, 3, 1, 3, 3};
  EXPECT_EQ(count(npy_bytes(npy_dictionary("<i8", "(2, 3)"), raw(ids)), 2), (Values{1, 0, 0, 2, 0, 1, 0, 2}));
  refuse(npy_bytes(npy_dictionary("<i8", "(3, 2)"), raw(ids)), {"(3, 2)", "[2, n]"}, 2);
  refuse(npy_bytes(npy_dictionary("<i8", "(6,)"), raw(ids)), {"(6,)", "[2, n]"}, 2);
}

TEST_F(Draws, NpyOfManyPieces) {
  std::vector<std::uint32_t> ids(200'000);
  Values expected(4, 0);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    ids[i] = static_cast<std::uint32_t>(i * i % 7 % 4);
    ++expected[ids[i]];
  }
  EXPECT_EQ(count(npy_bytes(npy_dictionary("<u4", "(200000,)"), raw(ids))), expected);
  ids[150'000] = 4;
  refuse(npy_bytes(npy_dictionary("<u4", "(200000,)"), raw(ids)), {"row 0, draw 150000", "token id 4"});
}

TEST_F(Draws, RefusesOtherArrays) {
  refuse(npy_bytes(npy_dictionary("<i4", "(2,)"), raw(std::vector<std::int32_t>{1, -1})),
         {"draw 1", "token id -1", "negative"});
  refuse(npy_bytes(npy_dictionary("<u8", "(1,)"), raw(Values{~0ULL})), {"draw 0", "outside"});
  refuse(npy_bytes(npy_dictionary("<f4", "(1,)"), std::string(4, '\0')),
         {"float32", "token ids are integers"});
  refuse(npy_bytes(npy_dictionary("<i4", "(0,)"), ""), {"(0,)"});
}

TEST_F(Draws, MissingFile) {
  expect_input_error([&] { (void)count_draws(path("none"), {1, 4, {}}); }, {"none", "no such file"});
}

}  // namespace
}  // namespace tempsweep
