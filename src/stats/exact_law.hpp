// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tempsweep/math/double_double.hpp"

namespace tempsweep::stats {

/// a / b, b > 0, to about 2^-100.
[[nodiscard]] DoubleDouble divide(DoubleDouble a, DoubleDouble b);

}  // namespace tempsweep::stats
