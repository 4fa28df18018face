// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/stats/equal_points.hpp"

#include <algorithm>
#include <functional>
#include <stdexcept>

namespace tempsweep {

PointStatistics judge_together(const PointCase& law, std::span<const std::span<const std::uint64_t>> counts,
                               std::vector<std::uint64_t>& sum, PointScratch& scratch) {
  sum.assign(law.depth.size(), 0);
  for (const auto& one : counts) {
    if (one.size() != sum.size()) {
      throw std::invalid_argument("judge_together: as many counts as depths, please");
    }
    std::transform(one.begin(), one.end(), sum.begin(), sum.begin(), std::plus<>());
  }
  PointCase all = law;
  all.counts = sum;
  all.n = law.n * counts.size();
  return judge_point(all, scratch);
}

}  // namespace tempsweep
