// SPDX-License-Identifier: Apache-2.0
// The order of a row and what follows from it. Everything that counts is the mathematics of
// math/ordered_row.hpp and math/ordering.hpp, which the CPU runs too: same operations, same bits. Making the
// tree reads each depth once a row; a point costs some thousand operations of one thread, whatever the
// vocabulary. Bound by memory, 16 bytes a token and row, and by latency, a point a thread. Distance: not run
// yet (docs/gpu-status.md).
#pragma once

#include <cfloat>

#include "kernels/arguments/ordering.hpp"
#include "kernels/body/intrinsics.hpp"

namespace tempsweep::kernels {

[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const OrderRows&) {
  return 0;
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const OrderRows& a) {
  return a.rows;
}

/// Level by level: each needs the whole of the one below.
template <class Block>
TEMPSWEEP_DEVICE void build_tree(Block& block, const double* depths, std::int64_t tokens,
                                 OrderedNode* nodes) {
  std::int64_t count = order_leaves(tokens);
  for (std::int64_t i = block.thread(); i < count; i += block.threads()) {
    const std::int64_t first = i * order_leaf;
    nodes[i] = leaf_node(depths + first, least(order_leaf, tokens - first));
  }
  block.sync();
  for (std::int64_t size = order_leaf; count > 1; size *= 2) {
    OrderedNode* const level = nodes + count;
    count = (count + 1) / 2;
    for (std::int64_t i = block.thread(); i < count; i += block.threads()) {
      level[i] = parent_node(depths, tokens, nodes, size, i);
    }
    nodes = level;
    block.sync();
  }
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const OrderRows& a) {
  for (std::int64_t row = block.index(); row < a.rows; row += block.count()) {
    const RowScan scan = a.scans[row];
    if (scan.status != RowStatus::ok) {
      continue;
    }
    const double* const sorted = a.sorted + row * a.stride;
    double* const depths = a.depths + row * a.stride;
    for (std::int64_t i = block.thread(); i < scan.unmasked; i += block.threads()) {
      depths[i] = least(scan.maximum - sorted[i], DBL_MAX);
    }
    block.sync();
    build_tree(block, depths, scan.unmasked, a.nodes + row * a.node_stride);
  }
}

[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const EvaluateOrdering&) {
  return 0;
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const EvaluateOrdering& a) {
  return pieces(a.rows * a.temperatures, EvaluateOrdering::threads);
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const EvaluateOrdering& a) {
  for (std::int64_t point = block.index() * block.threads() + block.thread(); point < a.rows * a.temperatures;
       point += block.count() * block.threads()) {
    const std::int64_t row = point / a.temperatures;
    const RowScan scan = a.scans[row];
    const OrderingPoint out{a.out.nucleus_size + point * a.levels.mass_count,
                            a.out.top_k_mass + point * a.levels.k_count,
                            a.out.min_p_survivors + point * a.levels.min_p_count,
                            a.out.tokens_above + point * a.levels.threshold_count};
    if (scan.status == RowStatus::ok) {
      evaluate_ordering(
          OrderedRow{a.depths + row * a.stride, a.nodes + row * a.node_stride, scan.unmasked, scan.ties},
          a.temperature[point % a.temperatures], a.levels, out);
    } else {
      missing_ordering(a.levels, out);
    }
  }
}

}  // namespace tempsweep::kernels
