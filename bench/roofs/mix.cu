// SPDX-License-Identifier: Apache-2.0
// One ex2 beside k multiply-adds: how much arithmetic a point can carry before the issue slots bind instead
// of the special-function unit. A MUFU takes 8 cycles of a scheduler's four lanes; the rate should stay flat
// to k of about 7.
#include <utility>

#include "chains.cuh"

namespace tempsweep::roofs {
namespace {

template <int Count>
struct MixProbe {
  static constexpr int unroll = 64 / (1 + Count) > 0 ? 64 / (1 + Count) : 1;
  static constexpr int operations = chains * unroll;  // ex2 alone
  float x[chains], y[chains];
  float factor, shift;

  __device__ explicit MixProbe(unsigned thread)
      : factor(0.5F + 0.001F * static_cast<float>(thread)), shift(1.0F - factor) {
    for (int c = 0; c < chains; ++c) {
      x[c] = y[c] = 0.001F * static_cast<float>(thread + c);
    }
  }
  __device__ void turn() {
#pragma unroll
    for (int i = 0; i < chains * unroll; ++i) {
      x[i % chains] = ex2_of_negative(x[i % chains]);
#pragma unroll
      for (int k = 0; k < Count; ++k) {
        float& chain = y[(i * Count + k) % chains];
        chain = __fmaf_rn(chain, factor, shift);
      }
    }
  }
  __device__ float result() const {
    float sum = 0;
    for (int c = 0; c < chains; ++c) {
      sum += x[c] + y[c];
    }
    return sum;
  }
};

template <int... Counts>
std::vector<Roof> measure_all(const Lab& lab, std::integer_sequence<int, Counts...>) {
  return {measure_chains<MixProbe<Counts>>(lab, "mix_ex2_ffma_" + std::to_string(Counts))...};
}

}  // namespace

std::vector<Roof> measure_mix(const Lab& lab) {
  return measure_all(lab, std::make_integer_sequence<int, 13>());
}

}  // namespace tempsweep::roofs
