// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "backend/cpu/sum_paths.hpp"

/// Random rows, as their depths below the second logit.
namespace tempsweep::testing {

struct RestCorpus {
  std::vector<double> depths;
  RowScan scan;

  [[nodiscard]] cpu::RestView rest() const {
    return {depths.data(), std::ssize(depths) - sum_lanes, -scan.deepest};
  }
};

/// A depth of one of many shapes. The last two are out to hurt: every depth is rounded the same way, or has
/// the same place between two powers of two at β = 1.
inline double depth_of_shape(unsigned shape, double width, double x, double gauss) {
  switch (shape) {
    case 0:
      return std::abs(gauss) * width;
    case 1:
      return width * x;
    case 2:
      return -width * std::log(x + 1e-12);
    case 3:
      return std::nearbyint(8 * width * x) / 8;
    case 4:
      return (x < 0.5 ? width : 0) + 1e-3 * x;
    case 5:
      return x < 0.01 ? width * x : 30 + width;
    case 6:
      return static_cast<double>(static_cast<float>(width * x)) * (1 + 0x1.fp-25);
    default:
      return (std::nearbyint(width * x) + 0.37) / 1.4426950408889634;
  }
}
inline constexpr unsigned shapes = 8;

inline RestCorpus random_row(unsigned seed, std::size_t most) {
  std::mt19937_64 engine(seed);
  std::uniform_real_distribution<double> uniform(0, 1);
  std::normal_distribution<double> normal(0, 1);
  RestCorpus row;
  row.depths.resize(1 + engine() % most);
  const double width = std::exp2(12 * uniform(engine) - 4);
  for (double& y : row.depths) {
    y = depth_of_shape(seed % shapes, width, uniform(engine), normal(engine));
  }
  if (seed % 3 == 0) {
    row.depths.back() = 1e25;  // its remainder in float is far beyond every limit
  }
  row.depths[row.depths.size() / 2] = 0;
  row.scan.ties = 1;
  row.scan.unmasked = std::ssize(row.depths) + 1;
  row.scan.maximum = 3 * uniform(engine);
  row.scan.deepest = -*std::max_element(row.depths.begin(), row.depths.end());
  row.depths.resize(row.depths.size() + sum_lanes, 0.25);  // must not be counted
  return row;
}

}  // namespace tempsweep::testing
