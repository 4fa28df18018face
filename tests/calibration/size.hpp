// SPDX-License-Identifier: Apache-2.0
// Does the referee reject a right sampler as often as it says?
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "calibration/checks.hpp"
#include "calibration/point.hpp"

namespace tempsweep::testing {

/// A line of the table.
struct SizeCase {
  Claim claim;
  Sampler sampler = Sampler::alias;
  std::uint64_t seeds = 2000;
};

struct Extent {
  bool complete = false;  ///< all laws and more seeds: minutes
  std::string model;      ///< logits beside the repository's excerpt; may be empty
  int threads = 1;
};

[[nodiscard]] std::vector<SizeCase> size_cases(const Extent& extent);

/// Draws and judges; what must hold goes to `checks`. Markdown.
[[nodiscard]] std::string size_table(const std::vector<SizeCase>& cases, int threads, Checks& checks);

/// Verdicts over whole grids of right draws, re-simulation included. Markdown.
[[nodiscard]] std::string grid_table(const Extent& extent, Checks& checks);

}  // namespace tempsweep::testing
