// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <ostream>

#include "tempsweep/core/errors.hpp"

#include "sample.hpp"
#include "scratch_folder.hpp"

using namespace tempsweep;

namespace {

struct Case {
  const char* name;
  std::function<void(Schema&)> spoil;
  const char* message;
};

// Test names without the addresses of a byte dump.
void PrintTo(const Case& one, std::ostream* out) {
  *out << one.name;
}

Variable& entropy(Schema& schema) {
  return schema.variables[sample::index_of(schema, "entropy")];
}

const std::vector<Case> cases{
    {"unknown_dimension", [](Schema& s) { entropy(s).dimensions[0] = std::string("x"); },
     "unknown dimension 'x'"},
    {"dimension_used_twice", [](Schema& s) { entropy(s).dimensions[0] = std::string("row"); },
     "dimension 'row' twice"},
    {"dimension_defined_twice", [](Schema& s) { s.dimensions.push_back(s.dimensions[0]); }, "defined twice"},
    {"variable_defined_twice", [](Schema& s) { s.variables.push_back(entropy(s)); }, "defined twice"},
    {"empty_dimension", [](Schema& s) { s.dimensions[1].size = 0; }, "'row' has size 0"},
    {"no_name", [](Schema& s) { entropy(s).name.clear(); }, "not a name"},
    {"path_as_name", [](Schema& s) { entropy(s).name = std::string("a/b"); }, "not a name"},
    {"named_like_a_dimension", [](Schema& s) { entropy(s).name = std::string("token_name_length"); },
     "named like a dimension"},
    {"too_few_chunk_lengths", [](Schema& s) { entropy(s).chunks.pop_back(); },
     "one chunk length per dimension"},
    {"empty_chunk", [](Schema& s) { entropy(s).chunks[0] = 0; }, "at least 1"},
    {"integer_filled_with_nan", [](Schema& s) { s.variables[0].fill_with_nan = true; }, "only floats"},
    {"fill_of_another_type",
     [](Schema& s) {
       entropy(s).fill_with_nan = false;
       entropy(s).attributes = {{"_FillValue", 1.0F}};
     },
     "must have the type"},
    {"two_fills",
     [](Schema& s) {
       entropy(s).attributes = {{"_FillValue", 1.0}};
     },
     "two fill values"},
    {"huge_chunk",
     [](Schema& s) {
       s.dimensions[1].size = std::int64_t{1} << 29;
       entropy(s).chunks = {1, std::int64_t{1} << 29, 1};
     },
     "beyond 4 GiB - 1"},
    {"huge_array",
     [](Schema& s) {
       for (auto& dimension : s.dimensions) dimension.size = std::int64_t{1} << 30;
     },
     "larger than 2^62 bytes"},
};

class BadSchema : public ScratchFolder, public ::testing::WithParamInterface<Case> {};

TEST_P(BadSchema, is_refused_before_anything_is_written) {
  Schema schema = sample::schema();
  GetParam().spoil(schema);
  const auto create = [&] {
    static_cast<void>(create_result_file(path("a.h5"), schema, Compression::none, false));
  };
  expect_has(message_of<InputError>(create), GetParam().message);
  EXPECT_TRUE(names().empty());
}

INSTANTIATE_TEST_SUITE_P(Schema, BadSchema, ::testing::ValuesIn(cases),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
