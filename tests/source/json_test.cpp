// SPDX-License-Identifier: Apache-2.0
#include <cmath>
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

class Json : public testing::FileTest {
 protected:
  std::unique_ptr<Source> open(std::string_view text) { return open_source(write("x.json", text)); }
  void expect_refused(std::string_view text, std::initializer_list<std::string_view> words) {
    testing::expect_input_error([&] { (void)open(text); }, {path("x.json")});
    testing::expect_input_error([&] { (void)open(text); }, words);
  }
};

TEST_F(Json, MapKeepsTheOrderOfTheDocument) {
  const auto source = open(R"({"zebra": 1, "ant": -2.5e1, "\u00e9\n": "-inf", "logits": 4})");
  EXPECT_EQ(source->rows(), 1);
  EXPECT_EQ(source->dtype(), "text");
  EXPECT_EQ(source->token_names(), (Names{"zebra", "ant", "\xC3\xA9\n", "logits"}));
  EXPECT_EQ(read_all(*source), (Values{1, -25, -infinity, 4}));
}

TEST_F(Json, TokensAndLogitsAreARowOrAMatrix) {
  for (const char* text :
       {R"({"tokens": ["a", "b"], "logits": [1, 2]})", R"({"logits": [[1, 2]], "tokens": ["a", "b"]})"}) {
    const auto source = open(text);
    EXPECT_EQ(source->rows(), 1);
    EXPECT_EQ(source->token_names(), (Names{"a", "b"}));
    EXPECT_EQ(read_all(*source), (Values{1, 2}));
  }
  const auto matrix = open(R"({"tokens": ["a", "b"], "logits": [[1, 2], [3, 4], [5, 6]]})");
  EXPECT_EQ(matrix->rows(), 3);
  EXPECT_EQ(read_all(*matrix), (Values{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(read_block(*matrix, 1, 2, 1), (Values{3, 5}));
  EXPECT_TRUE(open(R"({"logits": [1]})")->token_names().empty());
}

TEST_F(Json, BareListAndMatrix) {
  EXPECT_EQ(read_all(*open("[1, 2.5, 3]")), (Values{1, 2.5, 3}));
  const auto source = open(" [[1, 2], [3, 4]]\n");
  EXPECT_EQ(source->rows(), 2);
  EXPECT_EQ(source->width(), 2);
  EXPECT_EQ(read_all(*source), (Values{1, 2, 3, 4}));
}

TEST_F(Json, NumbersAreExactAndWordsAreRead) {
  const Values values =
      read_all(*open(R"([0.1, 1e-400, 9007199254740993, -7, 18446744073709551615, "inf", "-inf", "nan"])"));
  EXPECT_EQ(Values(values.begin(), values.end() - 1),
            (Values{0.1, 0, 9007199254740992.0, -7, 18446744073709551616.0, infinity, -infinity}));
  EXPECT_TRUE(std::isnan(values.back()));
}

TEST_F(Json, RefusesDuplicateKeys) {
  expect_refused(R"({"a": 1, "b": 2, "a": 3})", {"'a'", "twice"});
  expect_refused(R"({"a": 1, "\u0061": 3})", {"'a'", "twice"});
  expect_refused(R"({"logits": [1], "logits": [2]})", {"'logits'", "twice"});
}

TEST_F(Json, RefusesWhatIsNoLogit) {
  expect_refused("[1, null]", {"row 1, column 2", "null"});
  expect_refused("[[1, 2], [3, true]]", {"row 2, column 2", "true"});
  expect_refused(R"([1, "1.5"])", {"column 2", "'1.5'"});
  expect_refused(R"({"a": "x"})", {"key 'a'", "'x'"});
  expect_refused(R"({"a": null})", {"key 'a'", "null"});
  expect_refused(R"({"a": {"b": 1}})", {"key 'a'", "object"});
  expect_refused(R"([{"a": 1}])", {"object"});
  expect_refused(R"({"a": [1]})", {"key 'a'", "list"});
  expect_refused("1", {"lone value"});
  expect_refused(R"("inf")", {"lone value"});
}

TEST_F(Json, RefusesShapesThatAreNoMatrix) {
  expect_refused("[]", {"no logits"});
  expect_refused("{}", {"no logits"});
  expect_refused("[[]]", {"row 1", "empty"});
  expect_refused("[[1], []]", {"row 2", "empty"});
  expect_refused("[[1, 2], [3]]", {"row 2", "shorter", "2 logits"});
  expect_refused("[[1, 2], [3, 4, 5]]", {"row 2", "longer", "2 logits"});
  expect_refused("[1, [2]]", {"list beside numbers"});
  expect_refused("[[1], 2]", {"number beside rows"});
  expect_refused("[[[1]]]", {"too deep"});
  expect_refused(std::string(100'000, '['), {"too deep"});
}

TEST_F(Json, RefusesTokensThatDoNotFit) {
  expect_refused(R"({"tokens": ["a"], "logits": [1, 2]})", {"1 tokens", "2 logits"});
  expect_refused(R"({"tokens": [], "logits": [1]})", {"0 tokens"});
  expect_refused(R"({"tokens": ["a"]})", {"no \"logits\""});
  expect_refused(R"({"tokens": [1], "logits": [1]})", {"token 1", "quotes"});
  expect_refused(R"({"tokens": [["a"]], "logits": [1]})", {"too deep"});
  expect_refused(R"({"a": 1, "logits": [1]})", {"'logits'", "list"});
  expect_refused(R"({"logits": [1], "a": 1})", {"'a'", "one form"});
}

TEST_F(Json, MalformedDocumentsGiveTheByte) {
  expect_refused("[1, 2", {"byte 6", "ends before"});
  expect_refused("[1,\n2,,3]", {"byte 7", "line 2", "near '2,,'"});
  expect_refused("[1] x", {"byte 5", "near"});
  expect_refused("{\"a\" 1}", {"byte 6"});
  expect_refused("[1, 2]\n[3, 4]", {"byte 8", "line 2"});
  expect_refused("[\"\xFF\"]", {"malformed JSON at byte 3"});
  expect_refused("   ", {"ends before"});
}

TEST_F(Json, ExplainsTheNumbersThatPythonWrites) {
  expect_refused("[1, NaN]", {"malformed", "NaN", "in quotes"});
  expect_refused("[1, -Infinity]", {"malformed", "Infinity", "in quotes"});
  expect_refused("[1, 1e400]", {"too large"});
}

TEST_F(Json, EmptyFile) {
  expect_refused("", {"empty"});
}

}  // namespace
}  // namespace tempsweep
