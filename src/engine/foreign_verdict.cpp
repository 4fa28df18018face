// SPDX-License-Identifier: Apache-2.0
#include "engine/foreign_verdict.hpp"

#include <array>
#include <cmath>

#include <fmt/format.h>

namespace tempsweep {
namespace {

constexpr std::array<PointTest, 4> tests = {{
    {"chi_square", "chi-square",
     [](const ForeignPoint& point) {
       const ChiSquare& chi = point.statistics.chi_square;
       return chi.dof > 0 ? PValue{chi.p_value, chi.log10_p} : PValue{};
     }},
    {"score", "temperature", [](const ForeignPoint& point) { return point.statistics.temperature.score_p; }},
    {"top_count", "top token", [](const ForeignPoint& point) { return point.statistics.top_count; }},
    {"max_residual", "largest residual",
     [](const ForeignPoint& point) { return point.statistics.residual.p; }},
}};

/// The first point that drew what cannot be drawn.
const ForeignPoint* impossible_point(std::span<const ForeignPoint> points) {
  for (const ForeignPoint& point : points) {
    if (point.impossible_tokens > 0) return &point;
  }
  return nullptr;
}

}  // namespace

std::span<const PointTest> point_tests() {
  return tests;
}

ForeignVerdict judge_points(std::span<const ForeignPoint> points, double alpha) {
  ForeignVerdict verdict;
  const char* words = "";
  PValue smallest{1, 0};
  for (const ForeignPoint& point : points) {
    for (const PointTest& test : tests) {
      const PValue value = test.p(point);
      if (std::isnan(value.p)) continue;
      ++verdict.tests;
      if (verdict.row < 0 || value.log10_p < smallest.log10_p) {
        smallest = value;
        words = test.words;
        verdict.test = test.name;
        verdict.row = point.row;
      }
    }
  }
  verdict.smallest = verdict.tests == 0 ? smallest : scaled(smallest, static_cast<double>(verdict.tests));
  verdict.rejected = verdict.smallest.p < alpha / 2;
  verdict.reason = words;
  if (const ForeignPoint* const point = impossible_point(points)) {
    verdict.rejected = true;
    verdict.reason = "impossible tokens";
    verdict.row = point->row;
  }
  return verdict;
}

}  // namespace tempsweep
