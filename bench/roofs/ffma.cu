// SPDX-License-Identifier: Apache-2.0
// Single-precision multiply-adds, and with them the issue slots: FFMA, one a clock a scheduler. Expected on
// Hopper: 128 a clock an SM.
#include "chains.cuh"

namespace tempsweep::roofs {
namespace {

struct FfmaProbe {
  static constexpr int unroll = 64;
  static constexpr int operations = chains * unroll;
  float x[chains];
  float factor, shift;  // x -> factor * x + shift runs into a fixed point

  __device__ explicit FfmaProbe(unsigned thread)
      : factor(0.5F + 0.001F * static_cast<float>(thread)), shift(1.0F - factor) {
    for (int c = 0; c < chains; ++c) {
      x[c] = 0.001F * static_cast<float>(thread + c);
    }
  }
  __device__ void turn() {
#pragma unroll
    for (int i = 0; i < unroll; ++i) {
#pragma unroll
      for (int c = 0; c < chains; ++c) {
        x[c] = __fmaf_rn(x[c], factor, shift);
      }
    }
  }
  __device__ float result() const {
    float sum = 0;
    for (int c = 0; c < chains; ++c) {
      sum += x[c];
    }
    return sum;
  }
};

}  // namespace

Roof measure_ffma(const Lab& lab) {
  return measure_chains<FfmaProbe>(lab, "ffma");
}

}  // namespace tempsweep::roofs
