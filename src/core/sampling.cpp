// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/core/sampling.hpp"

#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tempsweep/core/ordering_axes.hpp"

namespace tempsweep {

SurvivorLevels survivor_levels(const Truncation& truncation) {
  return {truncation.top_k, decimal_level(truncation.top_p), decimal_level(truncation.min_p)};
}

std::string sampling_law(const Truncation& truncation) {
  std::vector<std::string> steps;
  if (truncation.top_k != Truncation::all) {
    steps.push_back(fmt::format("top-k {}", truncation.top_k));
  }
  if (truncation.top_p < 1) {
    steps.push_back(fmt::format("top-p {}", truncation.top_p));
  }
  if (truncation.min_p > 0) {
    steps.push_back(fmt::format("min-p {}", truncation.min_p));
  }
  return steps.empty() ? "full law" : fmt::format("{}, renormalised", fmt::join(steps, ", then "));
}

}  // namespace tempsweep
