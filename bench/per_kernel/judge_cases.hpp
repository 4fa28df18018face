// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "per_kernel/cases.hpp"
#include "per_kernel/draw_cases.hpp"
#include "per_kernel/harness.hpp"

namespace tempsweep::bench {

/// Counts of some points: of their first row's first temperatures on.
struct DrawnCounts {
  const double* temperature;  ///< [temperatures]
  std::int64_t temperatures, points;
  const std::uint64_t* counts;  ///< [points, columns]
  std::uint64_t n;
};

/// The kernels that hold draws against their laws, and the sort that they start from.
class JudgeBench {
 public:
  JudgeBench(Harness& harness, const DrawRows& rows, std::int64_t points);
  [[nodiscard]] std::vector<Figure> at(const DrawnCounts& drawn, const std::string& note);

 private:
  void order(std::vector<Figure>& figures, const std::string& note);

  Harness& harness_;
  const DrawRows& rows_;
  std::int64_t stride_;
  double* keys_;
  double* sorted_;
  std::uint32_t* places_;
  std::uint32_t* order_;
  OrderedNode* nodes_;
  CellCount* cells_;
  JudgedSums* sums_;
};

}  // namespace tempsweep::bench
