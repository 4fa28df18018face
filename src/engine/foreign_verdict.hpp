// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "engine/foreign_point.hpp"

namespace tempsweep {

/// A test of a point, by name.
struct PointTest {
  const char* name;
  const char* words;  ///< for people
  PValue (*p)(const ForeignPoint& point);
};

/// THE table of tests that a verdict rests on. NaN: the point has no such test.
[[nodiscard]] std::span<const PointTest> point_tests();

/// The verdict on all points together.
struct ForeignVerdict {
  bool rejected = false;
  std::string reason;     ///< why, or what came nearest to it
  PValue smallest;        ///< times the number of tests, at most 1 (Bonferroni)
  std::string test;       ///< whose it is
  std::int64_t row = -1;  ///< where
  std::int64_t tests = 0;
};

/// Rejected when something impossible was drawn, or the smallest adjusted p-value is below alpha / 2: the
/// other half is for the tests of whole grids.
[[nodiscard]] ForeignVerdict judge_points(std::span<const ForeignPoint> points, double alpha);

}  // namespace tempsweep
