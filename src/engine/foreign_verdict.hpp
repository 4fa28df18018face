// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>

#include "tempsweep/stats/grid_verdict.hpp"
#include "tempsweep/stats/resimulation.hpp"

#include "engine/foreign_point.hpp"

namespace tempsweep {

/// The tests of a point: of the draws that can be, and whether there were others.
[[nodiscard]] PointTests tests_of(const ForeignPoint& point);

/// Gives the law of one of the points again, by its place in the list.
using LawOf = std::function<ClaimedLaw(std::size_t point)>;

/// One verdict on all points. A p-value that would reject and is no exact one is first re-simulated by the
/// multinomial sampler, whose draws are addressed by the point and the replicate.
[[nodiscard]] GridVerdict judge_points(std::span<const ForeignPoint> points, double alpha,
                                       const LawOf& law_of, int threads,
                                       const ConfirmListener& listener = {});

}  // namespace tempsweep
