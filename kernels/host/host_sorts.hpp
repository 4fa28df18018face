// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/runtime.hpp"

namespace tempsweep::kernels {

/// The runtime's sorts, each row highest first. NaN has its place by its bits, as in a radix sort.
void sort_rows_on_host(const double* in, double* out, std::int64_t rows, std::int64_t columns,
                       std::int64_t stride);
void sort_pairs_on_host(const SortPairs& pairs);

}  // namespace tempsweep::kernels
