// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tempsweep/math/host_device.hpp"

namespace tempsweep {

/// log16: ln p in steps of 2⁻¹⁰ nat as uint16. Relative error of p at most 4.9e-4 down to 1.6e-28.
inline constexpr float log16_scale = -0x1p-10F;
inline constexpr std::uint16_t log16_floor = 65534;  ///< −63.998 nat or below, or probability zero
inline constexpr std::uint16_t log16_fill = 65535;   ///< outside the vocabulary

/// \param surprisal  −ln p ≥ 0 in nat, +inf for p = 0.
TEMPSWEEP_HD inline std::uint16_t log16_code(double surprisal) {
  const double code = surprisal * 1024 + 0.5;
  return code < log16_floor ? static_cast<std::uint16_t>(code) : log16_floor;
}

}  // namespace tempsweep
