// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/ordering.hpp"

#include <algorithm>
#include <array>
#include <cfloat>
#include <cmath>
#include <utility>

#include "tempsweep/math/bits.hpp"
#include "tempsweep/math/ordering.hpp"

namespace tempsweep::cpu {
namespace {

constexpr int digit_bits = 8;
constexpr int digits = 64 / digit_bits;
using Histogram = std::array<std::size_t, std::size_t{1} << digit_bits>;

std::size_t digit_of(double depth, int digit) {
  return bits_of(depth) >> static_cast<unsigned>(digit * digit_bits) & 0xFFU;
}

/// Below it comparisons are quicker than passes over digits.
constexpr std::size_t few = 2048;

/// A row at a run of temperatures, and where the results go.
struct OrderingRun {
  OrderedRow row;
  bool sound;
  std::span<const double> temperatures;
  std::int64_t offset;
  OrderingLevels levels;
  const TileOutput& output;
};

void evaluate_run(const OrderingRun& run) {
  const OrderingLevels& levels = run.levels;
  for (std::size_t t = 0; t < run.temperatures.size(); ++t) {
    const std::int64_t point = run.offset + static_cast<std::int64_t>(t);
    const OrderingPoint out{run.output.nucleus_size.data() + point * levels.mass_count,
                            run.output.top_k_mass.data() + point * levels.k_count,
                            run.output.min_p_survivors.data() + point * levels.min_p_count,
                            run.output.tokens_above.data() + point * levels.threshold_count};
    if (run.sound) {
      evaluate_ordering(run.row, run.temperatures[t], levels, out);
    } else {
      missing_ordering(levels, out);
    }
  }
}

void take_depths(std::span<const double> logits, double maximum, std::vector<double>& depths) {
  for (const double logit : logits) {
    if (logit > -HUGE_VAL) {
      depths.push_back(std::min(maximum - logit, DBL_MAX));
    }
  }
}

void build_tree(OrderedTokens& ordered) {
  auto& nodes = ordered.nodes;
  const auto& depths = ordered.depths;
  const std::int64_t tokens = std::ssize(depths);
  nodes.resize(static_cast<std::size_t>(order_nodes(tokens)));
  std::int64_t count = order_leaves(tokens);
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t first = i * order_leaf;
    nodes[static_cast<std::size_t>(i)] =
        leaf_node(depths.data() + first, std::min(order_leaf, tokens - first));
  }
  OrderedNode* below = nodes.data();
  for (std::int64_t size = order_leaf; count > 1; size *= 2) {
    OrderedNode* const level = below + count;
    count = (count + 1) / 2;
    for (std::int64_t i = 0; i < count; ++i) {
      level[i] = parent_node(depths.data(), tokens, below, size, i);
    }
    below = level;
  }
}

#if defined(__x86_64__)
/// The same bits: a fused multiply-add as an instruction, where it would be a call.
[[gnu::flatten, gnu::target("fma")]] void evaluate_run_fused(const OrderingRun& run) {
  evaluate_run(run);
}
#endif

}  // namespace

/// By digits of the bits, whose order is that of the numbers. Digits that all share, such as the low ones of
/// logits that were floats, cost nothing.
void sort_depths(std::vector<double>& depths, std::vector<double>& spare) {
  if (depths.size() < few) {
    std::sort(depths.begin(), depths.end());
    return;
  }
  std::vector<Histogram> histograms(digits, Histogram{});
  for (const double depth : depths) {
    for (int digit = 0; digit < digits; ++digit) {
      ++histograms[static_cast<std::size_t>(digit)][digit_of(depth, digit)];
    }
  }
  spare.resize(depths.size());
  for (int digit = 0; digit < digits; ++digit) {
    Histogram& places = histograms[static_cast<std::size_t>(digit)];
    if (places[digit_of(depths.front(), digit)] == depths.size()) {
      continue;
    }
    std::size_t place = 0;
    for (std::size_t& count : places) {
      place += std::exchange(count, place);
    }
    for (const double depth : depths) {
      spare[places[digit_of(depth, digit)]++] = depth;
    }
    depths.swap(spare);
  }
}

void order_tokens(std::span<const double> logits, const RowScan& scan, std::vector<double>& spare,
                  OrderedTokens& ordered) {
  ordered.depths.clear();
  ordered.depths.reserve(static_cast<std::size_t>(scan.unmasked));
  take_depths(logits, scan.maximum, ordered.depths);
  sort_depths(ordered.depths, spare);
  build_tree(ordered);
}

void grow_order(std::span<const double> more, const RowScan& scan, std::vector<double>& spare,
                OrderedTokens& ordered) {
  std::vector<double> added;
  take_depths(more, scan.maximum, added);
  sort_depths(added, spare);
  spare.resize(ordered.depths.size() + added.size());
  std::merge(ordered.depths.begin(), ordered.depths.end(), added.begin(), added.end(), spare.begin());
  ordered.depths.swap(spare);
  build_tree(ordered);
}

std::uint64_t ordered_bytes(std::int64_t tokens) {
  return static_cast<std::uint64_t>(tokens) * sizeof(double) +
         static_cast<std::uint64_t>(order_nodes(tokens)) * sizeof(OrderedNode);
}

void write_ordering(const OrderedTokens& ordered, const RowScan& scan, std::span<const double> temperatures,
                    std::int64_t offset, const OrderingAxes& axes, const TileOutput& output) {
  if (!axes.any()) {
    return;
  }
  const OrderingLists lists(axes);
  const OrderingRun run{{ordered.depths.data(), ordered.nodes.data(), scan.unmasked, scan.ties},
                        scan.status == RowStatus::ok,
                        temperatures,
                        offset,
                        lists.view(),
                        output};
#if defined(__x86_64__)
  if (static_cast<bool>(__builtin_cpu_supports("fma"))) {
    evaluate_run_fused(run);
    return;
  }
#endif
  evaluate_run(run);
}

}  // namespace tempsweep::cpu
