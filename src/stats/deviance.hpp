// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tempsweep::stats {

/// k ln(k/m) + m - k >= 0, k >= 0, m > 0, without cancellation (Loader 2000, bd0).
[[nodiscard]] double deviance(double k, double m);

}  // namespace tempsweep::stats
