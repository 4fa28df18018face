// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <string_view>

namespace tempsweep::app {

/// Writes to standard error. Where that is closed or full the words are lost and the run goes on (fmt::print
/// would throw).
inline void talk(std::string_view text) noexcept {
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr));
}

}  // namespace tempsweep::app
