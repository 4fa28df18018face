// SPDX-License-Identifier: Apache-2.0
// A row in order, and what is known of its parts whatever the temperature. Sorting is done once: for T > 0
// the order of the tokens never changes.
#pragma once

#include <cstdint>

#include "tempsweep/math/host_device.hpp"

namespace tempsweep {

/// Tokens of the smallest part that moments are kept of.
inline constexpr std::int64_t order_leaf = 128;
/// Powers kept of a part: what follows is below 2e-15 of its sum while β·half ≤ ½.
inline constexpr int order_powers = 13;
inline constexpr double order_reach = 0.5;

/// A run of neighbours in order: Σ((d − centre)/half)^k/k! for k = 1 … order_powers. Depths in logit.
struct OrderedNode {
  double centre = 0;
  double half = 0;  ///< no depth is farther from the centre
  double moment[order_powers] = {};
};

/// The unmasked tokens of a row by their depth below the top, and a binary tree over them: level 0 holds runs
/// of order_leaf tokens, each level above pairs of the one below; levels lie one after another, up to the
/// root.
struct OrderedRow {
  const double* depths = nullptr;      ///< [unmasked] m − l ≥ 0, ascending, at most DBL_MAX
  const OrderedNode* nodes = nullptr;  ///< [order_nodes(unmasked)]
  std::int64_t unmasked = 0;           ///< U
  std::int64_t ties = 0;               ///< g: depths that are 0
};

/// Nodes of level 0.
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t order_leaves(std::int64_t tokens) {
  return (tokens + order_leaf - 1) / order_leaf;
}

/// Nodes of all levels.
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t order_nodes(std::int64_t tokens) {
  std::int64_t total = 0;
  for (std::int64_t count = order_leaves(tokens); count > 1; count = (count + 1) / 2) {
    total += count;
  }
  return total + 1;
}

/// A node without moments over depths from `first` to `last`.
TEMPSWEEP_HD inline OrderedNode node_between(double first, double last) {
  OrderedNode node;
  node.centre = first / 2 + last / 2;
  const double below = node.centre - first;
  const double above = last - node.centre;
  node.half = below > above ? below : above;
  return node;
}

/// The node over `count` ≥ 1 sorted depths.
TEMPSWEEP_HD inline OrderedNode leaf_node(const double* depths, std::int64_t count) {
  OrderedNode node = node_between(depths[0], depths[count - 1]);
  if (node.half == 0) {
    return node;
  }
  for (std::int64_t i = 0; i < count; ++i) {
    const double place = (depths[i] - node.centre) / node.half;
    double power = 1;
    for (double& moment : node.moment) {
      power *= place;
      moment += power;
    }
  }
  double factorial = 1;
  for (int k = 0; k < order_powers; ++k) {
    factorial *= k + 1;
    node.moment[k] /= factorial;
  }
  return node;
}

/// Adds the moments of a part, `count` tokens, to those of the node that holds it.
TEMPSWEEP_HD inline void add_moments(OrderedNode& node, const OrderedNode& part, std::int64_t count) {
  if (node.half == 0) {
    return;
  }
  const double offset = (part.centre - node.centre) / node.half;
  const double ratio = part.half / node.half;
  double shift[order_powers + 1];   // offset^k/k!
  double shrunk[order_powers + 1];  // ratio^k times the moment
  shift[0] = 1;
  shrunk[0] = static_cast<double>(count);
  double power = 1;
  for (int k = 1; k <= order_powers; ++k) {
    shift[k] = shift[k - 1] * offset / k;
    power *= ratio;
    shrunk[k] = power * part.moment[k - 1];
  }
  for (int k = 1; k <= order_powers; ++k) {
    double sum = 0;
    for (int j = 0; j <= k; ++j) {
      sum += shift[k - j] * shrunk[j];
    }
    node.moment[k - 1] += sum;
  }
}

/// Node `index` of the level above `below`, whose nodes hold `size` tokens each.
/// \param depths  of the whole row, `tokens` of them.
TEMPSWEEP_HD inline OrderedNode parent_node(const double* depths, std::int64_t tokens,
                                            const OrderedNode* below, std::int64_t size, std::int64_t index) {
  const std::int64_t first = 2 * index * size;
  const std::int64_t middle = first + size;
  const std::int64_t end = middle + size < tokens ? middle + size : tokens;
  OrderedNode node = node_between(depths[first], depths[end - 1]);
  add_moments(node, below[2 * index], (middle < end ? middle : end) - first);
  if (middle < end) {
    add_moments(node, below[2 * index + 1], end - middle);
  }
  return node;
}

/// All nodes of a row, one after another.
/// \param nodes  [order_nodes(tokens)]
inline void build_order_nodes(const double* depths, std::int64_t tokens, OrderedNode* nodes) {
  std::int64_t count = order_leaves(tokens);
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t first = i * order_leaf;
    nodes[i] = leaf_node(depths + first, order_leaf < tokens - first ? order_leaf : tokens - first);
  }
  for (std::int64_t size = order_leaf; count > 1; size *= 2) {
    OrderedNode* const level = nodes + count;
    count = (count + 1) / 2;
    for (std::int64_t i = 0; i < count; ++i) {
      level[i] = parent_node(depths, tokens, nodes, size, i);
    }
    nodes = level;
  }
}

}  // namespace tempsweep
