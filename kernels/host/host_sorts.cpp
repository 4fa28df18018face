// SPDX-License-Identifier: Apache-2.0
#include "kernels/host/host_sorts.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "tempsweep/math/bits.hpp"

namespace tempsweep::kernels {
namespace {

/// A sort needs a strict order.
std::uint64_t key(double value) {
  const std::uint64_t bits = bits_of(value);
  return (bits >> 63U) != 0 ? ~bits : bits | std::uint64_t{1} << 63U;
}

}  // namespace

void sort_rows_on_host(const double* in, double* out, std::int64_t rows, std::int64_t columns,
                       std::int64_t stride) {
  for (std::int64_t row = 0; row < rows; ++row) {
    double* const to = std::copy_n(in + row * stride, columns, out + row * stride) - columns;
    std::sort(to, to + columns, [](double a, double b) { return key(a) > key(b); });
  }
}

void sort_pairs_on_host(const SortPairs& pairs) {
  const SortPairs& a = pairs;
  std::vector<std::int64_t> order(static_cast<std::size_t>(a.columns));
  for (std::int64_t row = 0; row < a.rows; ++row) {
    const double* const keys = a.keys + row * a.stride;
    std::iota(order.begin(), order.end(), std::int64_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::int64_t one, std::int64_t other) { return key(keys[one]) > key(keys[other]); });
    for (std::int64_t i = 0; i < a.columns; ++i) {
      const std::int64_t from = order[static_cast<std::size_t>(i)];
      a.sorted[row * a.stride + i] = keys[from];
      a.sorted_values[row * a.stride + i] = a.values[row * a.stride + from];
    }
  }
}

}  // namespace tempsweep::kernels
