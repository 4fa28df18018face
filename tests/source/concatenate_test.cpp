// SPDX-License-Identifier: Apache-2.0
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

class Concatenate : public testing::FileTest {
 protected:
  std::unique_ptr<Source> join(const std::vector<std::string>& files) {
    std::vector<std::unique_ptr<Source>> parts;
    for (const auto& file : files) parts.push_back(open_source(file));
    return concatenate(std::move(parts));
  }
  std::string floats(std::string_view name, const std::vector<float>& values) {
    const std::string shape = fmt::format("({}, 2)", values.size() / 2);
    return write(name, testing::npy_bytes(testing::npy_dictionary("<f4", shape), testing::raw(values)));
  }
};

TEST_F(Concatenate, IsOneMatrixInOrder) {
  const auto a = write("a.csv", "1,2\n3,4\n");
  const auto b = floats("b.npy", {5, 6});
  const auto c = write("c.json", "[[7, 8], [9, 10], [11, 12]]");
  const auto source = join({a, b, c});
  EXPECT_EQ(source->rows(), 6);
  EXPECT_EQ(source->width(), 2);
  EXPECT_EQ(source->dtype(), "f64");
  EXPECT_EQ(source->files(), (Names{a, b, c}));
  EXPECT_EQ(source->name(), fmt::format("{} + {} + {}", a, b, c));
  EXPECT_GE(source->scratch_bytes(6), (2 * 2 + 3 * 2) * sizeof(double) + 8U)
      << "text is held, and one row of .npy";
  EXPECT_EQ(source->place_of(2), b + ": row 0");
  EXPECT_EQ(source->place_of(5), c + ": row 2");
  const Values whole = read_all(*source);
  EXPECT_EQ(whole, (Values{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}));
  for (std::int64_t first = 0; first <= 6; ++first) {
    for (std::int64_t count = 0; count <= 6 - first; ++count) {
      const Values block = read_block(*source, first, count, 1);
      ASSERT_EQ(static_cast<std::int64_t>(block.size()), count);
      for (std::int64_t i = 0; i < count; ++i) {
        EXPECT_EQ(block[static_cast<std::size_t>(i)], static_cast<double>(2 * (first + i) + 1));
      }
    }
  }
  Values room(64);
  EXPECT_THROW(source->read(5, 2, 2, room.data()), std::out_of_range);
}

TEST_F(Concatenate, EqualTypesKeepTheirName) {
  EXPECT_EQ(join({floats("a.npy", {1, 2}), floats("b.npy", {3, 4})})->dtype(), "f32");
}

TEST_F(Concatenate, OnePartIsItself) {
  EXPECT_EQ(join({floats("a.npy", {1, 2})})->name(), path("a.npy"));
}

TEST_F(Concatenate, NamesComeFromThePartsThatHaveThem) {
  const auto bare = floats("a.npy", {1, 2});
  const auto named = write("b.csv", "token,logit\nx,3\ny,4\n");
  const auto same = write("c.json", R"({"x": 5, "y": 6})");
  EXPECT_EQ(join({bare, named, same})->token_names(), (Names{"x", "y"}));
  EXPECT_TRUE(join({bare, bare})->token_names().empty());
  const auto other = write("d.json", R"({"x": 5, "z": 6})");
  testing::expect_input_error(
      [&] {
        (void)join({named, bare, other});
      },
      {"b.csv", "d.json", "token 1", "'y'", "'z'"});
}

TEST_F(Concatenate, RefusesUnequalWidths) {
  const auto a = floats("a.npy", {1, 2});
  const auto b = write("b.csv", "1,2,3\n");
  testing::expect_input_error([&] { (void)join({a, b}); }, {"a.npy", "2 tokens", "b.csv", "of 3"});
}

TEST_F(Concatenate, RefusesNothing) {
  testing::expect_input_error([] { (void)concatenate({}); }, {"no input"});
}

}  // namespace
}  // namespace tempsweep
