// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <tuple>

#include <gtest/gtest.h>

#include "tempsweep/source.hpp"

#include "core/expect_error.hpp"
#include "source/files.hpp"

namespace tempsweep {
namespace {

using testing::FileTest;
using testing::npy_bytes;
using testing::npy_dictionary;
using testing::raw;
using testing::read_all;
using testing::read_block;
using Values = std::vector<double>;

class Npy : public FileTest {};

TEST_F(Npy, ReadsEveryFloatTypeInBothByteOrders) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const Values expected{1.5, -2, 0.25, 65504, -infinity, 0};
  const std::vector<std::uint16_t> half{0x3E00, 0xC000, 0x3400, 0x7BFF, 0xFC00, 0};
  const std::vector<float> single(expected.begin(), expected.end());
  for (const bool swapped : {false, true}) {
    const std::string order = swapped ? ">" : "<";
    const auto read = [&](const std::string& type, const std::string& data) {
      const auto source =
          open_source(write("x.npy", npy_bytes(npy_dictionary(order + type, "(2, 3)"), data)));
      EXPECT_EQ(source->rows(), 2);
      EXPECT_EQ(source->width(), 3);
      EXPECT_EQ(source->dtype(), fmt::format("f{}", 8 * (type[1] - '0')));
      EXPECT_EQ(source->name(), path("x.npy"));
      EXPECT_EQ(source->files(), std::vector<std::string>{path("x.npy")});
      EXPECT_TRUE(source->token_names().empty());
      return read_all(*source);
    };
    EXPECT_EQ(read("f2", raw(half, swapped)), expected);
    EXPECT_EQ(read("f4", raw(single, swapped)), expected);
    EXPECT_EQ(read("f8", raw(expected, swapped)), expected);
  }
}

TEST_F(Npy, KeepsDoublesToTheBitAndPassesNaN) {
  const Values values{0.1, -0.0, 5e-324, std::numeric_limits<double>::quiet_NaN()};
  const Values got =
      read_all(*open_source(write("x.npy", npy_bytes(npy_dictionary("<f8", "(1, 4)"), raw(values)))));
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(std::bit_cast<std::uint64_t>(got[i]), std::bit_cast<std::uint64_t>(values[i]));
  }
}

TEST_F(Npy, OneDimensionIsOneRow) {
  for (const bool fortran : {false, true}) {
    const auto source = open_source(
        write("x.npy", npy_bytes(npy_dictionary("<f4", "(3,)", fortran), raw(std::vector<float>{1, 2, 3}))));
    EXPECT_EQ(source->rows(), 1);
    EXPECT_EQ(read_all(*source), (Values{1, 2, 3}));
  }
}

TEST_F(Npy, ReadsVersionsOneToThree) {
  for (const char version : {'\1', '\2', '\3'}) {
    const auto source =
        open_source(write("x.npy", npy_bytes(npy_dictionary("<f8", "(1, 2)"), raw(Values{3, 4}), version)));
    EXPECT_EQ(read_all(*source), (Values{3, 4}));
  }
}

TEST_F(Npy, TakesAnyDictionaryLayout) {
  for (const char* text : {"{'shape':(1,2),'fortran_order':False,'descr':'<f8'}",
                           "{\"descr\": \"<f8\", 'fortran_order' : False , 'shape': ( 1 , 2 , ) , } \t ",
                           "{'descr': '<f8', 'fortran_order': False, 'shape': (1L, 2L)}"}) {
    EXPECT_EQ(read_all(*open_source(write("x.npy", npy_bytes(text, raw(Values{3, 4}))))), (Values{3, 4}))
        << text;
  }
}

/// Matrices on both sides of every choice the reader makes: one piece or many, over gaps or around them.
class NpyBlocks : public FileTest,
                  public ::testing::WithParamInterface<std::tuple<std::int64_t, std::int64_t, bool, bool>> {};

double value_at(std::int64_t row, std::int64_t column) {
  return static_cast<double>((row * 7919 + column * 104729) % 16777213);
}

void expect_block(Source& source, std::int64_t first, std::int64_t count, std::int64_t columns) {
  const Values block = read_block(source, first, count, columns);
  std::int64_t wrong = 0;
  for (std::int64_t r = 0; r < count; ++r) {
    for (std::int64_t c = 0; c < columns; ++c) {
      wrong += block[static_cast<std::size_t>(r * columns + c)] != value_at(first + r, c) ? 1 : 0;
    }
  }
  EXPECT_EQ(wrong, 0) << "rows " << first << " + " << count << ", columns " << columns;
}

TEST_P(NpyBlocks, AnyBlockOfAnyColumnsIsThatOfTheMatrix) {
  const auto [rows, width, fortran, wide] = GetParam();
  std::string data;
  std::vector<float> singles;
  Values doubles;
  for (std::int64_t i = 0; i < rows * width; ++i) {
    const double value = fortran ? value_at(i % rows, i / rows) : value_at(i / width, i % width);
    wide ? doubles.push_back(value) : singles.push_back(static_cast<float>(value));
  }
  const std::string shape = fmt::format("({}, {})", rows, width);
  const auto source =
      open_source(write("x.npy", npy_bytes(npy_dictionary(wide ? "<f8" : "<f4", shape, fortran),
                                           wide ? raw(doubles) : raw(singles))));
  for (const std::int64_t columns : {std::int64_t{1}, width / 2, width - 1, width}) {
    if (columns < 1) continue;
    expect_block(*source, 0, rows, columns);
    expect_block(*source, rows / 3, std::min<std::int64_t>(3, rows - rows / 3), columns);
    expect_block(*source, rows - 1, 1, columns);
    expect_block(*source, 0, (rows + 1) / 2, columns);
  }
  EXPECT_TRUE(read_block(*source, rows, 0, width).empty());
}

INSTANTIATE_TEST_SUITE_P(Shapes, NpyBlocks,
                         ::testing::Combine(::testing::Values(1, 5, 700), ::testing::Values(1, 3, 1000),
                                            ::testing::Bool(), ::testing::Bool()));
INSTANTIATE_TEST_SUITE_P(LongRows, NpyBlocks,
                         ::testing::Combine(::testing::Values(3), ::testing::Values(400'000),
                                            ::testing::Bool(), ::testing::Bool()));
INSTANTIATE_TEST_SUITE_P(LongColumns, NpyBlocks,
                         ::testing::Combine(::testing::Values(300'000), ::testing::Values(5),
                                            ::testing::Bool(), ::testing::Bool()));

TEST_F(Npy, ScratchIsBounded) {
  const auto small =
      open_source(write("a.npy", npy_bytes(npy_dictionary("<f4", "(1, 2)"), std::string(8, '\0'))));
  EXPECT_EQ(small->scratch_bytes(1), 8U);
  const auto large = open_source(
      write("b.npy", npy_bytes(npy_dictionary("<f4", "(1000, 1000)"), std::string(4'000'000, '\0'))));
  EXPECT_EQ(large->scratch_bytes(1000), 1U << 20U);
}

TEST_F(Npy, BlockOutsideIsAFaultOfTheCaller) {
  const auto source =
      open_source(write("x.npy", npy_bytes(npy_dictionary("<f4", "(2, 2)"), std::string(16, '\0'))));
  Values room(64);
  EXPECT_THROW(source->read(0, 3, 2, room.data()), std::out_of_range);
  EXPECT_THROW(source->read(0, 1, 3, room.data()), std::out_of_range);
  EXPECT_THROW(source->read(-1, 1, 1, room.data()), std::out_of_range);
  EXPECT_THROW(source->read(2, 1, 1, room.data()), std::out_of_range);
}

TEST_F(Npy, FileThatChangesIsRefused) {
  const std::string file = write("x.npy", npy_bytes(npy_dictionary("<f4", "(2, 2)"), std::string(16, '\0')));
  const auto cut = open_source(file);
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 4);
  testing::expect_input_error([&] { (void)read_all(*cut); }, {file, "cut short while it was being read"});
  (void)write("x.npy", npy_bytes(npy_dictionary("<f4", "(2, 2)"), std::string(16, '\0')));
  const auto longer = open_source(file);
  std::ofstream(file, std::ios::app) << "more";
  testing::expect_input_error([&] { (void)read_all(*longer); }, {file, "changed while it was being read"});
}

}  // namespace
}  // namespace tempsweep
