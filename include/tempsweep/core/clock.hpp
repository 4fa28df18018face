// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tempsweep {

/// Now, as `2025-01-31T12:00:00Z`.
[[nodiscard]] std::string utc_now();

}  // namespace tempsweep
