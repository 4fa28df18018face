// SPDX-License-Identifier: Apache-2.0
// Direct sums in float. Bound by the special-function unit: one ex2 a (token, temperature), 8 cycles of a
// quarter multiprocessor for a warp: 3.7e12 a second on an H100 at 1.75 GHz; 5.6 of the 8 instruction slots
// that go with it are taken. Where 5 of 32 powers are multiply-adds (DirectF32Mixed), 7.1 slots and 6.8
// cycles: bound by issue, at 1.13 times that rate. Distance from either: not run yet (docs/gpu-status.md).
//
// A warp takes a slice of a row at eight temperatures. d = −y is subtracted before it is scaled, and d² is
// made once for all temperatures. Short runs are summed in float (16 tokens a lane: four at a time, and
// those four results one after another), all else in double. What float promises, merge_f32.hpp decides point
// by point.
#pragma once

#include "tempsweep/math/float_exp2.hpp"

#include "kernels/body/direct_f64.hpp"

namespace tempsweep::kernels {

/// Z, S, Q of each temperature.
template <class T>
struct Moments {
  static constexpr int count = DirectF32::betas_at_once;
  T weight[count] = {};
  T first[count] = {};
  T second[count] = {};
};

/// Four neighbouring tokens at every temperature.
template <int emulated, class Block>
TEMPSWEEP_DEVICE inline void add_four(Block& block, const Vector<float>& d, const float (&scale)[8],
                                      Moments<float>& sums) {
  float square[4];
  for (int k = 0; k < 4; ++k) {
    square[k] = d.lane[k] * d.lane[k];
  }
#pragma unroll
  for (int p = 0; p < Moments<float>::count; ++p) {
    float w[4];
    for (int k = 0; k < 4; ++k) {
      w[k] = p < emulated && k == p % 4 ? exp2_of_product(d.lane[k], scale[p])
                                        : block.exp2_approx(d.lane[k] * scale[p]);
    }
    sums.weight[p] += (w[0] + w[1]) + (w[2] + w[3]);
    float first = d.lane[0] * w[0];
    for (int k = 1; k < 4; ++k) {
      first = std::fmaf(d.lane[k], w[k], first);
    }
    sums.first[p] += first;
    for (int k = 0; k < 4; ++k) {
      sums.second[p] = std::fmaf(square[k], w[k], sums.second[p]);
    }
  }
}

/// One block of 512 tokens, 16 a lane.
/// \param tokens  the first four of the lane
template <int emulated, class Block>
TEMPSWEEP_DEVICE inline void add_block(Block& block, const float* tokens, const float (&scale)[8],
                                       Moments<double>& sums) {
  constexpr std::int64_t step = 4 * std::int64_t{warp_threads};
  Moments<float> run;
#pragma unroll 1
  for (const float* const end = tokens + sum_block_tokens; tokens != end; tokens += step) {
    add_four<emulated>(block, load_vector(tokens), scale, run);
  }
#pragma unroll
  for (int p = 0; p < Moments<float>::count; ++p) {
    sums.weight[p] += static_cast<double>(run.weight[p]);
    sums.first[p] += static_cast<double>(run.first[p]);
    sums.second[p] += static_cast<double>(run.second[p]);
  }
}

template <int emulated, class Block>
TEMPSWEEP_DEVICE void sum_slice(Block& block, const DirectF32& a, const SumItem& item, std::int64_t rest) {
  float scale[DirectF32::betas_at_once];
  for (int p = 0; p < DirectF32::betas_at_once; ++p) {
    const std::int64_t t = item.first_temperature + p;
    scale[p] = a.scales[least(t, a.temperatures - 1)];
  }
  const std::int64_t begin = item.slice * DirectF32::slice;
  const std::int64_t end = least(begin + DirectF32::slice, rest);
  const float* const row = a.depths + item.row * a.stride;
  const std::int64_t lane = 4 * std::int64_t{block.lane()};
  Moments<double> sums;
#pragma unroll 1
  for (std::int64_t i = begin; i < end; i += sum_block_tokens) {
    add_block<emulated>(block, row + i + lane, scale, sums);
  }
#pragma unroll
  for (int p = 0; p < DirectF32::betas_at_once; ++p) {
    PartialSums sum{sums.weight[p], sums.first[p], sums.second[p], 0};
    sum = reduce_warp(block, sum, [](const PartialSums& x, const PartialSums& y) { return x + y; });
    const std::int64_t t = item.first_temperature + p;
    if (block.lane() == p && t < a.temperatures) {
      a.parts[item.slice * a.rows * a.temperatures + item.row * a.temperatures + t] = sum;
    }
  }
}

[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const DirectF32&) {
  return 0;
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const DirectF32& a) {
  return blocks_of_warps(a);
}

template <int emulated, class Block>
TEMPSWEEP_DEVICE void sum_in_float(Block& block, const DirectF32& a) {
  constexpr int warps = DirectF32::threads / warp_threads;
  for (std::int64_t i = block.index() * warps + block.warp(); i < warp_items(a); i += block.count() * warps) {
    const SumItem item = sum_item(a, i);
    const std::int64_t rest = a.scans[item.row].rest();
    if (rest > item.slice * DirectF32::slice) {
      sum_slice<emulated>(block, a, item, rest);
    }
  }
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const DirectF32& a) {
  sum_in_float<DirectF32::emulated>(block, a);
}
template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const DirectF32Mixed& a) {
  sum_in_float<DirectF32Mixed::emulated>(block, a);
}

}  // namespace tempsweep::kernels
