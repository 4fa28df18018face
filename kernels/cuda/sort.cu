// SPDX-License-Identifier: Apache-2.0
// CUB's radix sort, row by row: 64-bit counts, and only the temporary memory of one row.
#include <cub/device/device_radix_sort.cuh>

#include "kernels/cuda/launch.cuh"

namespace tempsweep::kernels {

Status sort_rows_on_card(const double* in, double* out, std::int64_t rows, std::int64_t columns,
                         std::int64_t stride, void* temporary, std::size_t* temporary_bytes, Stream stream) {
  constexpr int all_bits = 8 * sizeof(double);
  for (std::int64_t row = 0; row < (temporary == nullptr ? 1 : rows); ++row) {
    const cudaError_t error = cub::DeviceRadixSort::SortKeysDescending(
        temporary, *temporary_bytes, in + row * stride, out + row * stride, columns, 0, all_bits,
        static_cast<cudaStream_t>(stream));
    if (error != cudaSuccess) {
      (void)cudaGetLastError();  // it must not show again at the next call
      return status_of(error);
    }
  }
  return {};
}

Status sort_pairs_on_card(const SortPairs& a, void* temporary, std::size_t* temporary_bytes, Stream stream) {
  constexpr int all_bits = 8 * sizeof(double);
  for (std::int64_t row = 0; row < (temporary == nullptr ? 1 : a.rows); ++row) {
    const std::int64_t first = row * a.stride;
    const cudaError_t error = cub::DeviceRadixSort::SortPairsDescending(
        temporary, *temporary_bytes, a.keys + first, a.sorted + first, a.values + first,
        a.sorted_values + first, a.columns, 0, all_bits, static_cast<cudaStream_t>(stream));
    if (error != cudaSuccess) {
      (void)cudaGetLastError();  // it must not show again at the next call
      return status_of(error);
    }
  }
  return {};
}

}  // namespace tempsweep::kernels
