// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/core/utf8.hpp"

#include <cstddef>

#include <fmt/format.h>

namespace tempsweep {
namespace {

unsigned byte_at(std::string_view text, std::size_t i) {
  return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
}

bool continues(std::string_view text, std::size_t i) {
  return (byte_at(text, i) & 0xC0U) == 0x80U;
}

// Length of the well-formed sequence at the front (Unicode 15, table 3-7), 0 when there is none.
std::size_t sequence_length(std::string_view text) {
  const unsigned first = byte_at(text, 0);
  const unsigned second = byte_at(text, 1);
  if (first < 0x80) return first == 0 ? 0 : 1;
  if (first < 0xC2 || first > 0xF4 || !continues(text, 1)) return 0;
  if (first < 0xE0) return 2;
  if (!continues(text, 2)) return 0;
  if (first < 0xF0) {
    const bool overlong = first == 0xE0 && second < 0xA0;
    const bool surrogate = first == 0xED && second > 0x9F;
    return overlong || surrogate ? 0 : 3;
  }
  const bool overlong = first == 0xF0 && second < 0x90;
  const bool too_large = first == 0xF4 && second > 0x8F;
  return overlong || too_large || !continues(text, 3) ? 0 : 4;
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    std::size_t length = sequence_length(text);
    if (length > 0) {
      valid.append(text.substr(0, length));
    } else {
      valid += fmt::format("\\x{:02X}", byte_at(text, 0));
      length = 1;
    }
    text.remove_prefix(length);
  }
  return valid;
}

}  // namespace tempsweep
