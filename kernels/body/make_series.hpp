// SPDX-License-Identifier: Apache-2.0
// Series in β (math/octave_series.hpp): a warp an octave and row, a lane a node, then a lane a coefficient.
// Bound by latency: some 10 000 operations, where the sums that it is made of took 200 000. Distance: not
// run yet (docs/gpu-status.md).
#pragma once

#include "kernels/arguments/methods.hpp"
#include "kernels/body/collectives.hpp"
#include "kernels/body/intrinsics.hpp"

namespace tempsweep::kernels {

inline constexpr int series_warps = MakeSeries::threads / warp_threads;
inline constexpr int series_nodes = octave_nodes * 3;

[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const MakeSeries&) {
  return sizeof(double) * series_warps * round_up(series_nodes, 2);
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const MakeSeries& a) {
  return pieces(a.rows * a.octave_total, series_warps);
}

/// Largest of what the nodes and the ends of one octave say.
struct SeriesBounds {
  double node_error[3] = {};
  double end[3] = {};
};

/// Evaluations i, i + 32, … of an octave: nodes go to `f`.
template <class Block>
TEMPSWEEP_DEVICE SeriesBounds read_nodes(Block& block, const MakeSeries& a, std::int64_t item, int octave,
                                         double shift, double* f) {
  SeriesBounds bounds;
  for (int i = block.lane(); i < octave_evaluations; i += warp_threads) {
    const std::int64_t at = item * octave_evaluations + i;
    double node[3] = {};
    octave_sample(octave, i, shift, a.sums[at], a.errors[at], a.table->cosine, node, bounds.node_error,
                  bounds.end);
#pragma unroll
    for (int r = 0; r < 3 && i < octave_nodes; ++r) {
      f[3 * i + r] = node[r];
    }
  }
  return reduce_warp(block, bounds, [](const SeriesBounds& x, const SeriesBounds& y) {
    SeriesBounds both;
#pragma unroll
    for (int r = 0; r < 3; ++r) {
      both.node_error[r] = most(x.node_error[r], y.node_error[r]);
      both.end[r] = most(x.end[r], y.end[r]);
    }
    return both;
  });
}

/// As make_octave_series(), with its bits.
template <class Block>
TEMPSWEEP_DEVICE void make_series(Block& block, const MakeSeries& a, std::int64_t item, int octave,
                                  double* f) {
  OctaveSeries& out = a.series[item];
  const double shift = a.sums[item * octave_evaluations + octave_nodes / 2].depth;
  const SeriesBounds bounds = read_nodes(block, a, item, octave, shift, f);
  block.sync_warp();
  for (int k = block.lane(); k < octave_nodes; k += warp_threads) {
    octave_coefficient(reinterpret_cast<const double(*)[3]>(f), a.table->cosine, a.table->low, k, out);
  }
  block.sync_warp();
  if (block.lane() == 0) {
    OctaveSamples samples;  // without its nodes
    samples.shift = shift;
#pragma unroll
    for (int r = 0; r < 3; ++r) {
      samples.node_error[r] = bounds.node_error[r];
      samples.end[r] = bounds.end[r];
    }
    octave_finish(samples, out);
  }
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const MakeSeries& a) {
  constexpr auto nodes_each = static_cast<int>(round_up(series_nodes, 2));
  auto nodes = block.template shared<double>(series_warps * nodes_each);
  const std::int64_t all = a.rows * a.octave_total;
  for (std::int64_t item = block.index() * series_warps + block.warp(); item < all;
       item += block.count() * series_warps) {
    const int octave = a.octaves[item % a.octave_total];
    const double steepest = octave_beta(octave, octave_evaluations - 1, a.table->cosine);
    if (a.ladders[item / a.octave_total].shape.level_of(steepest) < 0) {
      if (block.lane() == 0) {
        a.series[item].error[0] = ieee::infinity;
      }
      continue;
    }
    make_series(block, a, item, octave, &nodes[block.warp() * nodes_each]);
    block.sync_warp();
  }
}

}  // namespace tempsweep::kernels
