// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include <gtest/gtest.h>

#include "tempsweep/source.hpp"

#include "core/expect_error.hpp"
#include "source/files.hpp"

namespace tempsweep {
namespace {

using testing::expect_input_error;
using testing::npy_bytes;
using testing::npy_dictionary;
using testing::raw;
using Labels_ = std::vector<std::int64_t>;

class Labels : public testing::FileTest {
 protected:
  void expect_text_refused(std::string_view text, std::initializer_list<std::string_view> words) {
    expect_input_error([&] { (void)read_labels(write("l.txt", text), 3, 100); }, words);
  }
};

TEST_F(Labels, NpyOfEveryIntegerType) {
  testing::with_every_integer_type(
      {3, 0, 99}, "(3,)", [&](const std::string& dtype, const std::string& bytes) {
        EXPECT_EQ(read_labels(write("l.npy", bytes), 3, 100), (Labels_{3, 0, 99})) << dtype;
      });
}

TEST_F(Labels, TextIsOneIntegerALine) {
  for (const char* text : {"3\n0\n99\n", "3\n0\n99", "3\r\n0\r\n99\r\n", "3\n0\n99\n\n"}) {
    EXPECT_EQ(read_labels(write("l.txt", text), 3, 100), (Labels_{3, 0, 99}));
  }
}

TEST_F(Labels, RefusesLabelsOutsideTheVocabulary) {
  expect_text_refused("3\n100\n0\n", {"l.txt", "row 1", "label 100", "0 ... 99"});
  expect_text_refused("3\n0\n-1\n", {"row 2", "label -1"});
  const auto npy = [&](const char* descr, const std::string& data) {
    const std::string file = write("l.npy", npy_bytes(npy_dictionary(descr, "(3,)"), data));
    expect_input_error([&] { (void)read_labels(file, 3, 100); }, {"l.npy", "row 1", "outside"});
  };
  npy("<i4", raw(std::vector<std::int32_t>{3, -1, 5}));
  npy("|i1", raw(std::vector<std::int8_t>{3, -100, 5}));
  npy("<u8", raw(std::vector<std::uint64_t>{3, ~std::uint64_t{0}, 5}));  // must not wrap to −1 or to 99
  npy("<u4", raw(std::vector<std::uint32_t>{3, 100, 5}));
}

TEST_F(Labels, RefusesAnotherNumberOfRows) {
  expect_text_refused("1\n2\n", {"2 labels", "3 rows"});
  expect_text_refused("1\n2\n3\n4\n", {"4 labels", "3 rows"});
  const std::string file = write("l.npy", npy_bytes(npy_dictionary("<i4", "(2,)"), std::string(8, '\0')));
  expect_input_error([&] { (void)read_labels(file, 3, 100); }, {"2 labels", "3 rows"});
}

TEST_F(Labels, RefusesMalformedText) {
  expect_text_refused("1\nx\n3\n", {"l.txt:2", "row 1", "'x'"});
  expect_text_refused("1\n2.0\n3\n", {"l.txt:2", "'2.0'"});
  expect_text_refused("1\n1k\n3\n", {"'1k'"});
  expect_text_refused("1\n 2\n3\n", {"' 2'"});
  expect_text_refused("1\n99999999999999999999\n3\n", {"l.txt:2"});
  expect_text_refused("1\n\n2\n3\n", {"l.txt:2", "blank"});
  expect_text_refused("", {"empty"});
}

TEST_F(Labels, RefusesOtherArrays) {
  const auto refused = [&](const char* descr, const char* shape,
                           std::initializer_list<std::string_view> words) {
    const std::string file = write("l.npy", npy_bytes(npy_dictionary(descr, shape), std::string(24, '\0')));
    expect_input_error([&] { (void)read_labels(file, 3, 100); }, words);
  };
  for (const char* descr : {"<f8", "|b1", "|O", "<i3", "|i8", "<i16"})
    refused(descr, "(3,)", {descr, "integers"});
  refused("<i8", "(3, 1)", {"(3, 1)", "ravel"});
  refused("<i8", "()", {"()"});
  refused("<i8", "(4,)", {"cut short"});
  refused("<i4", "(3,)", {"longer"});
}

TEST_F(Labels, MissingFile) {
  expect_input_error([&] { (void)read_labels(path("none"), 3, 100); }, {"none", "no such file"});
}

}  // namespace
}  // namespace tempsweep
