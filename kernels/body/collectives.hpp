// SPDX-License-Identifier: Apache-2.0
// What all threads of a block do together. Orders are fixed: lanes by an xor tree, warps one after another.
#pragma once

#include "kernels/arguments/common.hpp"

namespace tempsweep::kernels {

/// Combines the lanes' values; every lane gets the result. All lanes of the warp take part.
template <class Block, class T, class Combine>
TEMPSWEEP_DEVICE T reduce_warp(Block& block, T value, const Combine& combine) {
  for (int distance = 1; distance < warp_threads; distance *= 2) {
    value = combine(value, block.shuffle_xor(value, distance));
  }
  return value;
}

/// Combines the threads' values; every thread gets the result.
/// \param scratch  shared, one T a warp; free again when this returns
template <class Block, class Shared, class T, class Combine>
TEMPSWEEP_DEVICE T reduce_block(Block& block, Shared scratch, T value, const Combine& combine) {
  value = reduce_warp(block, value, combine);
  if (block.lane() == 0) {
    scratch[block.warp()] = value;
  }
  block.sync();
  T total = scratch[0];
  for (int warp = 1; warp < block.threads() / warp_threads; ++warp) {
    total = combine(total, static_cast<T>(scratch[warp]));
  }
  block.sync();
  return total;
}

template <class Block, class Shared, class T>
TEMPSWEEP_DEVICE T sum_block(Block& block, Shared scratch, T value) {
  return reduce_block(block, scratch, value, [](const T& a, const T& b) { return a + b; });
}

template <class T>
struct Prefix {
  T before;  ///< sum of the threads below this one
  T total;   ///< sum of all
};

/// Sums of the threads before each thread; T has + and a zero T{}.
/// \param scratch  shared, one T a warp; free again when this returns
template <class Block, class Shared, class T>
TEMPSWEEP_DEVICE Prefix<T> scan_block(Block& block, Shared scratch, T value) {
  T inclusive = value;
  for (int distance = 1; distance < warp_threads; distance *= 2) {
    const T below = block.shuffle_up(inclusive, distance);
    if (block.lane() >= distance) {
      inclusive = below + inclusive;
    }
  }
  if (block.lane() == warp_threads - 1) {
    scratch[block.warp()] = inclusive;
  }
  T before = block.shuffle_up(inclusive, 1);
  if (block.lane() == 0) {
    before = T{};
  }
  block.sync();
  T total{};
  for (int warp = 0; warp < block.threads() / warp_threads; ++warp) {
    const T part = scratch[warp];
    if (warp < block.warp()) {
      before = part + before;
    }
    total = total + part;
  }
  block.sync();
  return {before, total};
}

}  // namespace tempsweep::kernels
