// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>

namespace tempsweep {

/// A p-value that does not end where doubles do. NaN in both: there is no test.
struct PValue {
  double p = std::numeric_limits<double>::quiet_NaN();        ///< 0 below the smallest double
  double log10_p = std::numeric_limits<double>::quiet_NaN();  ///< goes on; -inf for what cannot happen
};

/// p = e^ln_p.
[[nodiscard]] PValue p_from_log(double ln_p);

/// min(1, factor p), factor > 0: Bonferroni, or the two sides of a test.
[[nodiscard]] PValue scaled(PValue value, double factor);

/// P(|N(0, 1)| >= |z|), with its logarithm as far as z^2 is a double. NaN for NaN.
[[nodiscard]] PValue two_sided_normal(double z);

/// Mills' ratio (1 - Phi(t)) / phi(t), t >= 0; relative error about 1e-13.
[[nodiscard]] double mills_ratio(double t);

}  // namespace tempsweep
