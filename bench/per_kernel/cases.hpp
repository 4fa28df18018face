// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/runtime.hpp"

namespace tempsweep::bench {

/// One kernel on one case.
struct Figure {
  std::string kernel, shape;
  double points_per_second = 0;
  double seconds = 0;           ///< median of the runs
  double bytes_per_second = 0;  ///< moved to and from memory at least; 0: not what bounds it
  double fp64_per_point = 0;    ///< instructions of the FP64 pipe in the inner loop; 0: none that count
  std::string note{};
};

struct Sizes {
  std::int64_t rows, columns;
  std::int64_t float_temperatures, double_temperatures;
  std::int64_t dense_points;  ///< as far as the memory allows
  std::int64_t draw_columns, draw_points;
  std::uint64_t draws;  ///< a point
  int runs;             ///< after one to warm up
};

/// Sizes of the documented benchmark, of a quick look, and of a run on the host.
[[nodiscard]] Sizes full_sizes();
[[nodiscard]] Sizes quick_sizes();
[[nodiscard]] Sizes host_sizes();

/// The float sums alone, each variant again and again for so many seconds: long enough for the clock to be
/// read from outside.
[[nodiscard]] std::vector<Figure> run_float_sums(kernels::Runtime& runtime, const Sizes& sizes,
                                                 double seconds);

/// Runs every kernel of the list, each several times between two events. Throws std::runtime_error with the
/// driver's words when a call fails.
[[nodiscard]] std::vector<Figure> run_cases(kernels::Runtime& runtime, const Sizes& sizes);

}  // namespace tempsweep::bench
