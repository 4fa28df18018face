// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/core/utf8.hpp"

#include "sample.hpp"
#include "scratch_folder.hpp"

using namespace tempsweep;

namespace {

class Writer : public ScratchFolder {
 protected:
  [[nodiscard]] std::vector<double> read(const std::string& variable, const Slab& slab) const {
    return read_result_slab(path("a.h5"), variable, slab);
  }
};

const AttributeValue* find(const Attributes& attributes, const std::string& name) {
  const auto found = std::ranges::find(attributes, name, &std::pair<std::string, AttributeValue>::first);
  return found == attributes.end() ? nullptr : &found->second;
}

TEST_F(Writer, numbers_come_back) {
  sample::write(path("a.h5"), Compression::none, false);
  EXPECT_EQ(read("temperature", {{0}, {4}}), sample::temperatures);
  for (std::int64_t v = 0; v < 2; ++v) {
    for (std::int64_t r = 0; r < 3; ++r) {
      const auto values = read("entropy", {{v, r, 0}, {1, 1, 4}});
      for (std::size_t t = 0; t < 4; ++t) {
        EXPECT_EQ(values[t], sample::entropy(static_cast<std::size_t>(v), static_cast<std::size_t>(r), t));
      }
    }
  }
  EXPECT_EQ(read("row_status", {{0, 0}, {1, 4}}), (std::vector<double>{0, 0, 0, 1}));
  EXPECT_EQ(read("top_token", {{1, 1}, {1, 2}}), (std::vector<double>{3, 2}));
}

TEST_F(Writer, unwritten_elements_read_as_fill) {
  sample::write(path("a.h5"), Compression::small, false);
  EXPECT_TRUE(std::isnan(read("entropy", {{0, 3, 0}, {1, 1, 1}})[0]));
  EXPECT_TRUE(std::isnan(read("renyi_entropy", {{1, 0, 0, 0}, {1, 1, 1, 1}})[0])) << "a chunk never touched";
  EXPECT_TRUE(std::isnan(read("probability", {{0, 0, 0, 3}, {1, 1, 1, 1}})[0])) << "beyond the vocabulary";
  EXPECT_EQ(read("log_probability", {{0, 0, 0, 2}, {1, 1, 1, 2}}), (std::vector<double>{1024, 65535}));
  EXPECT_EQ(read("count", {{0, 3, 0, 0}, {1, 1, 1, 1}})[0], 0);
}

TEST_F(Writer, contiguous_arrays_honour_their_fill_values) {
  Schema schema;
  schema.dimensions = {{"row", 4}};
  Variable variable;
  variable.dimensions = {"row"};
  variable.name = "a";
  variable.fill_with_nan = true;
  schema.variables.push_back(variable);
  variable.name = "b";
  variable.type = ElementType::i8;
  variable.fill_with_nan = false;
  variable.attributes = {{"_FillValue", std::int8_t{-1}}};
  schema.variables.push_back(variable);
  const auto sink = create_result_file(path("a.h5"), schema, Compression::none, false);
  sample::put(*sink, schema, "a", {{1}, {1}}, std::vector<double>{7});
  sample::put(*sink, schema, "b", {{1}, {1}}, std::vector<std::int8_t>{7});
  sink->finish({{"source", "tempsweep"}});
  const auto a = read("a", {{0}, {4}});
  EXPECT_TRUE(std::isnan(a[0]));
  EXPECT_EQ(a[1], 7);
  EXPECT_EQ(read("b", {{0}, {4}}), (std::vector<double>{-1, 7, -1, -1}));
}

TEST_F(Writer, describes_dimensions_variables_and_attributes_in_their_order) {
  sample::write(path("a.h5"), Compression::small, false);
  const StoredResult stored = describe_result_file(path("a.h5"));
  const Schema schema = sample::schema();
  ASSERT_EQ(stored.dimensions.size(), schema.dimensions.size());
  for (std::size_t i = 0; i < schema.dimensions.size(); ++i) {
    EXPECT_EQ(stored.dimensions[i].name, schema.dimensions[i].name);
    EXPECT_EQ(stored.dimensions[i].size, schema.dimensions[i].size);
  }
  ASSERT_EQ(stored.variables.size(), schema.variables.size());
  for (std::size_t i = 0; i < schema.variables.size(); ++i) {
    EXPECT_EQ(stored.variables[i].name, schema.variables[i].name);
    EXPECT_EQ(stored.variables[i].dimensions, schema.variables[i].dimensions);
    EXPECT_EQ(stored.variables[i].units, schema.variables[i].units);
    EXPECT_EQ(stored.variables[i].long_name, schema.variables[i].long_name);
  }
  const auto log_probability = std::ranges::find(stored.variables, "log_probability", &StoredVariable::name);
  EXPECT_EQ(log_probability->type, "u16");
  EXPECT_EQ(log_probability->shape, (std::vector<std::int64_t>{2, 4, 4, 5}));
  EXPECT_EQ(log_probability->chunks, (std::vector<std::int64_t>{1, 2, 4, 5})) << "clamped to the axis";
  EXPECT_EQ(stored.attributes.front().first, "Conventions");
  EXPECT_EQ(std::get<std::int8_t>(*find(stored.attributes, "complete")), 1) << "closing attributes replace";
  EXPECT_EQ(std::get<std::int64_t>(*find(stored.attributes, "seed")), 42);
  EXPECT_EQ(std::get<std::string>(*find(stored.attributes, "history")), "");
  EXPECT_EQ(std::get<double>(*find(stored.attributes, "tolerance")), 1e-12);
}

TEST_F(Writer, very_long_text_and_stray_bytes_in_attributes) {
  Schema schema = sample::schema();
  const std::string history(300'000, 'x');
  schema.attributes.emplace_back("plan", history);
  schema.attributes.emplace_back("command", "caf\xE9 \xE2\x82\xAC");
  auto sink = create_result_file(path("a.h5"), schema, Compression::none, false);
  sink->finish({{"log", std::string(70'000, 'y')}});
  const StoredResult stored = describe_result_file(path("a.h5"));
  EXPECT_EQ(std::get<std::string>(*find(stored.attributes, "plan")), history);
  EXPECT_EQ(std::get<std::string>(*find(stored.attributes, "log")).size(), 70'000U);
  EXPECT_EQ(std::get<std::string>(*find(stored.attributes, "command")), "caf\\xE9 \xE2\x82\xAC");
}

TEST_F(Writer, equal_runs_make_equal_files) {
  for (const auto compression : {Compression::none, Compression::small}) {
    sample::write(path("a.h5"), compression, true);
    std::vector<std::string> disturb_the_heap(1000, std::string(100, '\x5A'));
    disturb_the_heap.clear();
    sample::write(path("b.h5"), compression, true);
    EXPECT_TRUE(bytes_of(path("a.h5")) == bytes_of(path("b.h5")));
  }
}

TEST_F(Writer, slabs_outside_or_of_the_wrong_size_are_refused) {
  const Schema schema = sample::schema();
  const auto sink = create_result_file(path("a.h5"), schema, Compression::none, false);
  const auto put = [&](const Slab& slab, std::size_t values) {
    return message_of<FileError>(
        [&] { sample::put(*sink, schema, "entropy", slab, std::vector<double>(values)); });
  };
  expect_has(put({{0, 0, 0}, {1, 1, 5}}, 5), "does not fit axis 2 of length 4");
  expect_has(put({{0, 4, 0}, {1, 1, 1}}, 1), "does not fit axis 1");
  expect_has(put({{-1, 0, 0}, {1, 1, 1}}, 1), "does not fit axis 0");
  expect_has(put({{0, 0, INT64_MAX}, {1, 1, 1}}, 1), "does not fit axis 2");
  expect_has(put({{0, 0, 1}, {1, 1, INT64_MAX}}, 1), "does not fit axis 2");
  expect_has(put({{0, 0}, {1, 1}}, 1), "another rank");
  expect_has(put({{0, 0, 0}, {1, 1, 4}}, 3), "24 bytes for a slab of 32");
  expect_has(message_of<FileError>([&] { sink->write(99, {}, {}); }), "no result variable 99");
  EXPECT_NO_THROW(sample::put(*sink, schema, "entropy", {{0, 0, 0}, {1, 0, 4}}, std::vector<double>{}));
  sink->finish({});
  expect_has(put({{0, 0, 0}, {1, 1, 4}}, 4), "finished already");
}

TEST(Utf8, keeps_what_is_valid_and_escapes_the_rest) {
  EXPECT_EQ(valid_utf8("é日\xF0\x9F\x98\x80"), "é日\xF0\x9F\x98\x80");
  EXPECT_EQ(valid_utf8("\xC0\x80"), "\\xC0\\x80") << "overlong";
  EXPECT_EQ(valid_utf8("\xED\xA0\x80"), "\\xED\\xA0\\x80") << "surrogate";
  EXPECT_EQ(valid_utf8("\xF4\x90\x80\x80"), "\\xF4\\x90\\x80\\x80") << "beyond U+10FFFF";
  EXPECT_EQ(valid_utf8("a\xE2\x82"), "a\\xE2\\x82") << "cut";
  EXPECT_EQ(valid_utf8(std::string("a\0b", 3)), "a\\x00b");
}

}  // namespace
