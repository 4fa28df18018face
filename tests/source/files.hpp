// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tempsweep/source.hpp"

namespace tempsweep::testing {

/// A test with a folder of its own, gone afterwards.
class FileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* const info = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(::testing::TempDir()) /
              fmt::format("tempsweep_{}_{}_{}", ::getpid(), info->test_suite_name(), info->name());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string path(std::string_view name) const { return (folder_ / name).string(); }

  /// \returns the path of the file
  std::string write(std::string_view name, std::string_view bytes) const {
    std::ofstream(path(name), std::ios::binary | std::ios::trunc) << bytes;
    return path(name);
  }

 private:
  std::filesystem::path folder_;
};

/// The bytes of a .npy file with this dictionary and these data, padded as numpy does.
inline std::string npy_bytes(const std::string& dictionary, const std::string& data, char version = 1) {
  const std::size_t lead = version == 1 ? 10 : 12;
  std::string text = dictionary;
  while ((lead + text.size() + 1) % 64 != 0) text += ' ';
  text += '\n';
  std::string bytes = std::string("\x93NUMPY") + version + '\0';
  for (std::size_t i = 0; i < lead - 8; ++i) bytes += static_cast<char>(text.size() >> (8 * i) & 0xFFU);
  return bytes + text + data;
}

inline std::string npy_dictionary(std::string_view descr, std::string_view shape, bool fortran = false) {
  return fmt::format("{{'descr': '{}', 'fortran_order': {}, 'shape': {}, }}", descr,
                     fortran ? "True" : "False", shape);
}

/// The bytes of the values in memory order, or each element reversed.
template <typename Value>
std::string raw(const std::vector<Value>& values, bool swapped = false) {
  std::string bytes(values.size() * sizeof(Value), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  if (swapped) {
    for (std::size_t i = 0; i < bytes.size(); i += sizeof(Value)) {
      std::reverse(bytes.data() + i, bytes.data() + i + sizeof(Value));
    }
  }
  return bytes;
}

/// Calls check(dtype, bytes) with the same small values as a .npy file of every integer type, in both byte
/// orders.
template <typename Check>
void with_every_integer_type(const std::vector<int>& values, std::string_view shape, const Check& check) {
  const auto with = [&]<typename Integer>(Integer, const std::string& type) {
    const std::vector<Integer> typed(values.begin(), values.end());
    for (const bool swapped : {false, true}) {
      const std::string descr = (sizeof(Integer) == 1 ? "|" : swapped ? ">" : "<") + type;
      check(descr, npy_bytes(npy_dictionary(descr, shape), raw(typed, swapped)));
    }
  };
  with(std::int8_t{}, "i1");
  with(std::int16_t{}, "i2");
  with(std::int32_t{}, "i4");
  with(std::int64_t{}, "i8");
  with(std::uint8_t{}, "u1");
  with(std::uint16_t{}, "u2");
  with(std::uint32_t{}, "u4");
  with(std::uint64_t{}, "u8");
}

inline std::vector<double> read_block(Source& source, std::int64_t first, std::int64_t count,
                                      std::int64_t columns) {
  std::vector<double> values(static_cast<std::size_t>(count * columns), -12345);
  source.read(first, count, columns, values.data());
  return values;
}

inline std::vector<double> read_all(Source& source) {
  return read_block(source, 0, source.rows(), source.width());
}

}  // namespace tempsweep::testing
