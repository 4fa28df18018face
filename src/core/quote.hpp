// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <fmt/format.h>

namespace tempsweep {

/// What a user wrote, made fit for a message of one line: in quotes, control bytes escaped, 40 bytes at most.
[[nodiscard]] inline std::string quote(std::string_view text) {
  constexpr std::size_t longest = 40;
  std::string out = "'";
  for (const char c : text.substr(0, longest)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  // A cut inside a UTF-8 sequence is tolerable in a message; hiding that there was more is not.
  out += text.size() > longest ? "…'" : "'";
  return out;
}

}  // namespace tempsweep
