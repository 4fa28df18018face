// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tempsweep/math/judged_sums.hpp"
#include "tempsweep/stats/point_statistics.hpp"

/// What sums come to, and no row in sight.
namespace tempsweep::stats {

/// Takes n, possible, impossible, cells and the sums over them.
[[nodiscard]] ChiSquare finish_chi_square(const JudgedSums& sums);
/// Takes n, cells and the ranked ones.
[[nodiscard]] LargestResidual finish_residual(const JudgedSums& sums);
/// Takes the law's moments, the mean depth of the draws and the fit.
[[nodiscard]] TemperatureScore finish_temperature(const JudgedSums& sums);

}  // namespace tempsweep::stats
