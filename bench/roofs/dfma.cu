// SPDX-License-Identifier: Apache-2.0
// Double-precision multiply-adds: DFMA; a few a clock on cards that are not made for it. Expected on Hopper:
// 64 a clock an SM.
#include "chains.cuh"

namespace tempsweep::roofs {
namespace {

struct DfmaProbe {
  static constexpr int unroll = 64;
  static constexpr int operations = chains * unroll;
  double x[chains];
  double factor, shift;  // x -> factor * x + shift runs into a fixed point

  __device__ explicit DfmaProbe(unsigned thread)
      : factor(0.5 + 0.001 * static_cast<double>(thread)), shift(1 - factor) {
    for (int c = 0; c < chains; ++c) {
      x[c] = 0.001 * static_cast<double>(thread + c);
    }
  }
  __device__ void turn() {
#pragma unroll
    for (int i = 0; i < unroll; ++i) {
#pragma unroll
      for (int c = 0; c < chains; ++c) {
        x[c] = __fma_rn(x[c], factor, shift);
      }
    }
  }
  __device__ float result() const {
    double sum = 0;
    for (int c = 0; c < chains; ++c) {
      sum += x[c];
    }
    return static_cast<float>(sum);
  }
};

}  // namespace

Roof measure_dfma(const Lab& lab) {
  return measure_chains<DfmaProbe>(lab, "dfma");
}

}  // namespace tempsweep::roofs
