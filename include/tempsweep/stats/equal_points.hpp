// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tempsweep/stats/point_statistics.hpp"

namespace tempsweep {

/// Judges points of one law as one point: rows of equal logits at one temperature, say. Independent draws add
/// up to a multinomial of all of them. Points that share random numbers do not, though each alone follows its
/// law: X² of R identical points is R times too large, which 200 cells show from two points on, and ten cells
/// from about five.
/// \param law     its counts are not looked at; its n is that of one point
/// \param counts  of each point, in the order of the law
/// \param sum     working memory
[[nodiscard]] PointStatistics judge_together(const PointCase& law,
                                             std::span<const std::span<const std::uint64_t>> counts,
                                             std::vector<std::uint64_t>& sum, PointScratch& scratch);

}  // namespace tempsweep
