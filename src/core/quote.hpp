// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <fmt/format.h>

#include "tempsweep/core/utf8.hpp"

namespace tempsweep {

/// What a user wrote, made fit for a message of one line: in quotes, bytes that are no text escaped, 40 bytes
/// at most.
[[nodiscard]] inline std::string quote(std::string_view text) {
  constexpr std::size_t longest = 40;
  std::string out = "'";
  for (const char c : valid_utf8(text.substr(0, longest))) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  // A sequence that is cut shows its bytes, which is tolerable; hiding that there was more is not.
  out += text.size() > longest ? "…'" : "'";
  return out;
}

}  // namespace tempsweep
