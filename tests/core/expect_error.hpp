// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "tempsweep/core/errors.hpp"

namespace tempsweep::testing {

/// Runs `call`, which must throw exactly `Expected` with a message of one line that holds each of `words`.
template <typename Expected, typename Call>
void expect_error(const Call& call, std::initializer_list<std::string_view> words) {
  try {
    call();
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_NE(dynamic_cast<const Expected*>(&error), nullptr) << "another type of error: " << message;
    for (const std::string_view word : words) {
      EXPECT_NE(message.find(word), std::string::npos) << "no \"" << word << "\" in: " << message;
    }
    for (const char c : message) {
      EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20) << "control byte in: " << message;
    }
    EXPECT_LT(message.size(), 400U) << message;
    return;
  }
  ADD_FAILURE() << "nothing was thrown; expected a message with: "
                << (words.size() > 0 ? *words.begin() : "");
}

template <typename Call>
void expect_input_error(const Call& call, std::initializer_list<std::string_view> words) {
  expect_error<InputError>(call, words);
}

}  // namespace tempsweep::testing
