// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tempsweep::app {

/// The candidate at most two edits away from `word`, the nearest one; empty when there is none.
[[nodiscard]] std::string near_miss(std::string_view word, const std::vector<std::string>& candidates);

/// `; did you mean 'x'?` or nothing.
[[nodiscard]] std::string near_miss_hint(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace tempsweep::app
