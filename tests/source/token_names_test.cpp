// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tempsweep/source.hpp"

#include "core/expect_error.hpp"
#include "source/files.hpp"

namespace tempsweep {
namespace {

using Names = std::vector<std::string>;

class TokenNames : public testing::FileTest {
 protected:
  Names names(std::string_view text, std::int64_t width) {
    return read_token_names(write("t.txt", text), width);
  }
};

TEST_F(TokenNames, KeepBytesAsTheyAre) {
  EXPECT_EQ(names("the\n cat \n\n\xFF\xFE\n", 4), (Names{"the", " cat ", "", "\xFF\xFE"}));
  EXPECT_EQ(names("a\nb", 2), (Names{"a", "b"}));
}

TEST_F(TokenNames, BeyondTheWidthAreLeftOut) {
  EXPECT_EQ(names("a\nb\nc\n", 2), (Names{"a", "b"}));
}

TEST_F(TokenNames, CarriageReturnsGoOnlyWithAllLines) {
  EXPECT_EQ(names("a\r\nb\r\n", 2), (Names{"a", "b"}));
  EXPECT_EQ(names("a\n\r\nb\n", 3), (Names{"a", "\r", "b"}));
}

TEST_F(TokenNames, TooFewAreRefused) {
  testing::expect_input_error([&] { (void)names("a\nb\n", 3); }, {"t.txt", "2 tokens", "3 tokens wide"});
  testing::expect_input_error([&] { (void)names("", 3); }, {"empty"});
}

}  // namespace
}  // namespace tempsweep
