// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tempsweep {

/// The text with every byte that is not part of valid UTF-8 replaced by `\xNN`. NUL ends a text for most
/// readers and is replaced too.
[[nodiscard]] std::string valid_utf8(std::string_view text);

}  // namespace tempsweep
