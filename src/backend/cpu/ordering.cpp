// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/ordering.hpp"

#include <algorithm>
#include <array>
#include <cfloat>
#include <cmath>
#include <utility>

#include "tempsweep/math/bits.hpp"
#include "tempsweep/math/ordering.hpp"
#include "tempsweep/math/truncation.hpp"

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
      depths.push_back(
          std::min(maximum - logit + 0.0, DBL_MAX));  // −0 − 0 is −0, whose bits are no small depth
    }
  }
}

void build_tree(OrderedTokens& ordered) {
  const auto tokens = std::ssize(ordered.depths);
  ordered.nodes.resize(static_cast<std::size_t>(order_nodes(tokens)));
  build_order_nodes(ordered.depths.data(), tokens, ordered.nodes.data());
}

/// Survivors of a truncation, of one row at a run of temperatures.
struct SurvivorRun {
  OrderedRow row;
  std::span<const double> temperatures;
  const SurvivorLevels& levels;
  std::span<std::int64_t> out;
};

void evaluate_run(const SurvivorRun& run) {
  std::transform(run.temperatures.begin(), run.temperatures.end(), run.out.begin(),
                 [&](double temperature) { return survivors(run.row, temperature, run.levels); });
}

#if defined(__x86_64__)
/// The same bits: a fused multiply-add as an instruction, where it would be a call.
template <class Run>
[[gnu::flatten, gnu::target("fma")]] void evaluate_run_fused(const Run& run) {
  evaluate_run(run);
}
#endif

template <class Run>
void evaluate_quickly(const Run& run) {
#if defined(__x86_64__)
  if (static_cast<bool>(__builtin_cpu_supports("fma"))) {
    evaluate_run_fused(run);
    return;
  }
#endif
  evaluate_run(run);
}

OrderedRow view_of(const OrderedTokens& ordered, const RowScan& scan) {
  return {ordered.depths.data(), ordered.nodes.data(), scan.unmasked, scan.ties};
}

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
  evaluate_quickly(OrderingRun{view_of(ordered, scan), scan.status == RowStatus::ok, temperatures, offset,
                               lists.view(), output});
}

void count_survivors(const OrderedTokens& ordered, const RowScan& scan, std::span<const double> temperatures,
                     const SurvivorLevels& levels, std::span<std::int64_t> out) {
  evaluate_quickly(SurvivorRun{view_of(ordered, scan), temperatures, levels, out});
}

void keep_survivors(std::span<const double> logits, const OrderedTokens& ordered, const RowScan& scan,
                    std::int64_t survivors, std::vector<std::uint32_t>& edge, std::span<double> weights) {
  if (survivors >= scan.unmasked) {
    return;
  }
  // Distinct logits may lie equally deep, rounded; so those at the edge are told apart by themselves.
  const double last = ordered.depths[static_cast<std::size_t>(survivors - 1)];
  const auto above = std::lower_bound(ordered.depths.begin(), ordered.depths.end(), last);
  edge.clear();
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const double depth = std::min(scan.maximum - logits[i], DBL_MAX);
    weights[i] = depth <= last ? weights[i] : 0;
    if (depth == last && logits[i] > -HUGE_VAL) {
      edge.push_back(static_cast<std::uint32_t>(i));
    }
  }
  const auto kept = survivors - (above - ordered.depths.begin());
  if (kept == std::ssize(edge)) {
    return;
  }
  std::nth_element(edge.begin(), edge.begin() + kept, edge.end(), [&](std::uint32_t a, std::uint32_t b) {
    return logits[a] > logits[b] || (logits[a] == logits[b] && a < b);
  });
  std::for_each(edge.begin() + kept, edge.end(), [&](std::uint32_t token) { weights[token] = 0; });
}

}  // namespace tempsweep::cpu
