// SPDX-License-Identifier: Apache-2.0
// Are wrong samplers caught?
#pragma once

#include <string>

#include "calibration/checks.hpp"
#include "calibration/size.hpp"

namespace tempsweep::testing {

inline constexpr double verdict_alpha = 1e-3;

/// Faults of one point's law, and the engine's samplers at the same points. A fault that fewer than 99 % of
/// the seeds expose is a failed check. Markdown.
[[nodiscard]] std::string power_table(const Extent& extent, Checks& checks);

/// Faults that no point shows alone. Markdown.
[[nodiscard]] std::string batch_table(const Extent& extent, Checks& checks);

}  // namespace tempsweep::testing
