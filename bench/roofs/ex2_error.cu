// SPDX-License-Identifier: Apache-2.0
// The error of ex2.approx.ftz.f32 over every float. CUDA's exp2 in double is within 1 ulp of double: nothing
// here.
#include <bit>
#include <cstdint>

#include "probes.cuh"

namespace tempsweep::roofs {
namespace {

constexpr int error_threads = 256;

// The worst error as a float above the bits of its input: one integer maximum finds both, in any order.
__global__ void __launch_bounds__(error_threads)
    worst_error(unsigned long long* worst, unsigned long long* compared) {
  const std::uint64_t stride = std::uint64_t{gridDim.x} * error_threads;
  unsigned long long mine = 0, inputs = 0;
  for (std::uint64_t i = std::uint64_t{blockIdx.x} * error_threads + threadIdx.x;
       i < (std::uint64_t{1} << 32); i += stride) {
    const float x = __uint_as_float(static_cast<unsigned>(i));
    if (!(x >= -126.0F && x < 128.0F)) {
      continue;  // the exact power is no normal float, or x is NaN
    }
    const double exact = exp2(static_cast<double>(x));
    const double error = fabs(static_cast<double>(ex2_of_negative(-x)) - exact) / exact;
    const auto bits = static_cast<unsigned long long>(__float_as_uint(__double2float_ru(error)));
    mine = max(mine, (bits << 32) | i);
    ++inputs;
  }
  atomicMax(worst, mine);
  atomicAdd(compared, inputs);
}

}  // namespace

Ex2Error measure_ex2_error(const Lab& lab) {
  const Buffer<unsigned long long> found(2);
  check(cudaMemsetAsync(found.get(), 0, found.bytes(), lab.stream.get()), "cudaMemsetAsync");
  worst_error<<<static_cast<unsigned>(lab.multiprocessors * 8), error_threads, 0, lab.stream.get()>>>(
      found.get(), found.get() + 1);
  check(cudaGetLastError(), "worst_error");
  const std::vector<unsigned long long> values = found.read(lab.stream);
  const auto bits = static_cast<std::uint32_t>(values[0] >> 32);
  return {static_cast<double>(std::bit_cast<float>(bits)), static_cast<std::uint32_t>(values[0]), values[1]};
}

}  // namespace tempsweep::roofs
