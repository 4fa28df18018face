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

class Counts : public testing::FileTest {
 protected:
  [[nodiscard]] Values read(const std::string& name, std::string_view bytes, std::int64_t rows = 1,
                            std::span<const std::string> names = {}) const {
    return read_counts(write(name, bytes), {rows, 3, names}).counts;
  }
  void refuse(const std::string& name, std::string_view bytes, std::initializer_list<std::string_view> words,
              std::int64_t rows = 1, std::span<const std::string> names = {}) const {
    expect_input_error([&] { (void)read(name, bytes, rows, names); }, words);
    expect_input_error([&] { (void)read(name, bytes, rows, names); }, {name});
  }
};

const std::vector<std::string> names{"a", "b,c", "7"};

TEST_F(Counts, NpyOfEveryIntegerType) {
  for (const char* shape : {"(3,)", "(1, 3)"}) {
    testing::with_every_integer_type({7, 0, 100}, shape,
                                     [&](const std::string& dtype, const std::string& bytes) {
                                       EXPECT_EQ(read("c.npy", bytes), (Values{7, 0, 100})) << dtype << shape;
                                     });
  }
}

TEST_F(Counts, RowsOfAMatrix) {
  const std::vector<std::int32_t> values{1, 2, 3, 4, 5, 6};
  const std::string matrix = npy_bytes(npy_dictionary("<i4", "(2, 3)"), raw(values));
  EXPECT_EQ(read("c.npy", matrix, 2), (Values{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(read("c.csv", "1,2,3\n4,5,6\n", 2), (Values{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(read("c.json", "[[1,2,3],[4,5,6]]", 2), (Values{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(read("c.json", R"({"counts": [[1,2,3],[4,5,6]]})", 2), (Values{1, 2, 3, 4, 5, 6}));
  const std::string fortran = npy_bytes(npy_dictionary("<i4", "(2, 3)", true), raw(values));
  refuse("f.npy", fortran, {"Fortran order", "ascontiguousarray"}, 2);
}

TEST_F(Counts, RefusesOtherArrays) {
  const auto npy = [&](const char* descr, const char* shape, std::size_t bytes) {
    return npy_bytes(npy_dictionary(descr, shape), std::string(bytes, '\1'));
  };
  refuse("c.npy", npy("<f8", "(3,)", 24), {"float64", "integers", "astype"});
  refuse("c.npy", npy("|b1", "(3,)", 3), {"'|b1'", "integers"});
  refuse("c.npy", npy("<i4", "(4,)", 16), {"4 counts a row", "3 tokens", "--vocab"});
  refuse("c.npy", npy("<i4", "(2, 3)", 24), {"2 rows of counts", "1 row of logits", "--rows"});
  refuse("c.npy", npy("<i4", "(1, 1, 3)", 12), {"(1, 1, 3)"});
  refuse("c.npy", npy("<i4", "(3,)", 11), {"cut short"});
  refuse("c.npy", npy_bytes(npy_dictionary("<i4", "(3,)"), raw(std::vector<std::int32_t>{1, -2, 3})),
         {"row 0, token 1", "-2", "negative"});
  refuse("c.npy", npy_bytes(npy_dictionary("<i4", "(3,)"), std::string(12, '\0')), {"all counts are 0"});
  refuse("c.npy", npy_bytes(npy_dictionary("<u8", "(3,)"), raw(Values{std::uint64_t{1} << 53U, 1, 0})),
         {"more than 2^53"});
  refuse("c.npy", npy_bytes(npy_dictionary("<u8", "(3,)"), raw(Values{~0ULL, ~0ULL, 2})), {"more than 2^53"});
  refuse("c.txt", "1\n2\n3\n", {"format is unknown", ".npy"});
}

TEST_F(Counts, CsvRow) {
  for (const char* text : {"7,0,100\n", "7,0,100", " 7 ,\t0,1e2\r\n\r\n",
                           "\xEF\xBB\xBF"
                           "7,0.0,100\n\n"}) {
    EXPECT_EQ(read("c.csv", text), (Values{7, 0, 100})) << text;
  }
  // All digits of a u64 below 2^53, none lost by a double.
  EXPECT_EQ(read("c.csv", "9007199254740991,0,1")[0], 9007199254740991U);
}

TEST_F(Counts, CsvOfTokens) {
  EXPECT_EQ(read("c.csv", "token,count\n2,5\n0,1\n"), (Values{1, 0, 5}));
  EXPECT_EQ(read("c.csv", "token,count\n\"b,c\",5\n7,2\n", 1, names), (Values{0, 5, 2}));
  refuse("c.csv", "token,count\n3,5\n", {"c.csv:2:1", "token id 3", "0 ... 2"});
  refuse("c.csv", "token,count\n-1,5\n", {"c.csv:2:1", "-1", "negative"});
  refuse("c.csv", "token,count\nx,5\n", {"c.csv:2:1", "'x'", "token id", "--tokens"});
  refuse("c.csv", "token,count\nx,5\n", {"c.csv:2:1", "no token is called 'x'"}, 1, names);
  refuse("c.csv", "token,count\n1,5\n1,6\n", {"c.csv:3:1", "'1'", "twice"});
  refuse("c.csv", "token,count\n1,-5\n", {"c.csv:2:2", "-5", "negative"});
  refuse("c.csv", "token,count\n1\n", {"c.csv:2:2", "count is missing"});
  refuse("c.csv", "token,count\n", {"all counts are 0"});
  refuse("c.csv", "token,count\n1,5\n", {"one row", "2 rows"}, 2);
  const std::vector<std::string> same{"a", "a", "b"};
  refuse("c.csv", "token,count\na,5\n", {"several tokens are called 'a'"}, 1, same);
  EXPECT_EQ(read("c.csv", "token,count\nb,5\n", 1, same), (Values{0, 0, 5}));
}

TEST_F(Counts, RefusesMalformedCsv) {
  refuse("c.csv", "1,-2,3\n", {"c.csv:1:2", "-2", "negative"});
  refuse("c.csv", "1,2.5,3\n", {"c.csv:1:2", "2.5", "not whole", "frequencies"});
  refuse("c.csv", "1,x,3\n", {"c.csv:1:2", "'x'"});
  refuse("c.csv", "1,nan,3\n", {"c.csv:1:2", "nan"});
  refuse("c.csv", "1,inf,3\n", {"c.csv:1:2", "2^53"});
  refuse("c.csv", "1,1e300,3\n", {"c.csv:1:2", "2^53"});
  refuse("c.csv", "1,,3\n", {"c.csv:1:2", "empty"});
  refuse("c.csv", "1,2\n", {"c.csv:1", "2 counts a row", "3 tokens"});
  refuse("c.csv", "1,2,3\n4,5,6\n", {"2 rows of counts", "1 row of logits"});
  refuse("c.csv", "0,0,0\n", {"row 0", "all counts are 0"});
  refuse("c.csv", "", {"empty"});
  refuse("c.csv", "1,2,3\n\n4,5,6\n", {"c.csv:2", "blank"}, 2);
}

TEST_F(Counts, Json) {
  for (const char* text :
       {"[7,0,100]", "[[7,0,100]]", R"({"counts": [7,0,100]})", R"({"2": 100, "0": 7})",
        R"({"tokens": ["2", "0"], "counts": [100, 7]})", R"({"counts": [100.0, 7], "tokens": [2, 0]})"}) {
    EXPECT_EQ(read("c.json", text), (Values{7, 0, 100})) << text;
  }
  EXPECT_EQ(read("c.json", R"({"b,c": 3, "7": 1})", 1, names), (Values{0, 3, 1}));
  refuse("c.json", R"({"b": 3})", {"no token is called 'b'"}, 1, names);
}

TEST_F(Counts, RefusesMalformedJson) {
  refuse("c.json", "[1,-2,3]", {"row 1, column 2", "-2", "negative"});
  refuse("c.json", "[1,2.5,3]", {"row 1, column 2", "2.5", "not whole"});
  refuse("c.json", "[1,2]", {"2 counts a row", "3 tokens"});
  refuse("c.json", "[[1,2],[3,4,5,6]]", {"row 1", "2 counts a row"}, 2);
  refuse("c.json", R"({"counts": [[1,2],[3,4,5,6]]})", {"2 counts a row"}, 2);
  refuse("c.json", "[[1,2,3],4]", {"beside rows"});
  refuse("c.json", "[1,[2,3]]", {"beside numbers"});
  refuse("c.json", "[[[1,2,3]]]", {"too deep"});
  refuse("c.json", "[null,1,2]", {"null"});
  refuse("c.json", "[true,1,2]", {"true"});
  refuse("c.json", R"(["5",1,2])", {"'5'", "number"});
  refuse("c.json", "5", {"lone number"});
  refuse("c.json", "[1,2,3", {"malformed"});
  refuse("c.json", R"({"1": 3, "1": 4})", {"'1'", "twice"});
  refuse("c.json", R"({"tokens": ["1", "1"], "counts": [4, 5]})", {"token 2", "twice"});
  refuse("c.json", R"({"tokens": ["1"], "counts": [4, 5]})", {"1 tokens", "2 counts"});
  refuse("c.json", R"({"tokens": ["1"]})", {"1 tokens", "0 counts"});
  refuse("c.json", R"({"counts": [1,2,3], "1": 4})", {"use one form"});
  refuse("c.json", R"({"1": 4, "counts": [1,2,3]})", {"a list is no count"});
  refuse("c.json", R"({"1": {"2": 3}})", {"object stands inside"});
  refuse("c.json", R"({"3": 3})", {"token id 3"});
  refuse("c.json", "[]", {"0 counts a row"});
  refuse("c.json", "{}", {"all counts are 0"});
}

}  // namespace
}  // namespace tempsweep
