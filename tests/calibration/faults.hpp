// SPDX-License-Identifier: Apache-2.0
// Samplers with a planted fault, each of a kind that was met in some library. Where a fault only bends the
// law that is drawn from, the bent law is computed exactly and drawn from by exact multinomial counts: as a
// direct draw would, at any n.
#pragma once

#include <string>
#include <vector>

#include "calibration/point.hpp"

namespace tempsweep::testing {

struct Fault {
  std::string name;
  Claim claim;
  Draw draw;
};

/// Uniforms, running sums, tables, temperatures and rows.
[[nodiscard]] std::vector<Fault> table_faults(int threads);
/// Exponential races and Gumbel noise of too few bits, over `tokens` tokens far below the top.
[[nodiscard]] std::vector<Fault> race_faults(std::size_t tokens, int threads);
/// Truncations, masks and the limit T = 0.
[[nodiscard]] std::vector<Fault> edge_faults(int threads);

}  // namespace tempsweep::testing
