// SPDX-License-Identifier: Apache-2.0
// The special-function unit: ex2.approx.ftz.f32, one MUFU.EX2 each. Expected: 16 a clock an SM.
#include "chains.cuh"

namespace tempsweep::roofs {
namespace {

struct MufuProbe {
  static constexpr int unroll = 64;
  static constexpr int operations = chains * unroll;
  float x[chains];

  __device__ explicit MufuProbe(unsigned thread) {
    for (int c = 0; c < chains; ++c) {
      x[c] = 0.001F * static_cast<float>(thread + c);
    }
  }
  __device__ void turn() {
#pragma unroll
    for (int i = 0; i < unroll; ++i) {
#pragma unroll
      for (int c = 0; c < chains; ++c) {
        x[c] = ex2_of_negative(x[c]);
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

Roof measure_mufu(const Lab& lab) {
  return measure_chains<MufuProbe>(lab, "mufu_ex2");
}

}  // namespace tempsweep::roofs
