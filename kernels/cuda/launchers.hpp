// SPDX-License-Identifier: Apache-2.0
// What the files of kernels/cuda offer one another.
#pragma once

#include "kernels/runtime.hpp"

namespace tempsweep::kernels {

/// Queues a kernel on the current device; each kernel's own file instantiates it.
template <class Args>
Status launch_on_card(const Args& arguments, Stream stream);

/// See Runtime::sort_rows.
Status sort_rows_on_card(const double* in, double* out, std::int64_t rows, std::int64_t columns,
                         std::int64_t stride, void* temporary, std::size_t* temporary_bytes, Stream stream);

/// See Runtime::sort_pairs.
Status sort_pairs_on_card(const SortPairs& arguments, void* temporary, std::size_t* temporary_bytes,
                          Stream stream);

}  // namespace tempsweep::kernels
