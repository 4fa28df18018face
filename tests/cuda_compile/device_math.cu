// SPDX-License-Identifier: Apache-2.0
// Proof that the host-device headers are device code. Compiled, never linked or run.
#include <cstdint>

#include "tempsweep/math/alias_draw.hpp"
#include "tempsweep/math/draw_address.hpp"
#include "tempsweep/math/exp2.hpp"
#include "tempsweep/math/philox.hpp"

using namespace tempsweep;

__global__ void draw(const AliasEntry* entries, int column_bits, std::uint64_t seed, double temperature,
                     std::uint64_t draws, std::uint32_t* tokens) {
  const std::uint64_t i = std::uint64_t{blockIdx.x} * blockDim.x + threadIdx.x;
  if (i < draws) {
    const PointStream stream =
        point_stream(seed, temperature, std::uint32_t{1} << column_bits, Purpose::alias, blockIdx.y);
    tokens[i] = draw_token(entries, column_bits, stream.word(i));
  }
}

__global__ void power(const double* t, double* out, int n) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < n) {
    out[i] = exp2_reproducible(t[i]);
  }
}
