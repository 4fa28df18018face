// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/float_sums.hpp"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <memory>
#include <vector>

// As in kernels.cpp.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "backend/cpu/float_sums.cpp"
#include <hwy/foreach_target.h>
// foreach_target comes first
#include <hwy/highway.h>

#include "backend/cpu/kernels-inl.hpp"
// after the vector types
#include "backend/cpu/float_sums-inl.hpp"

#if HWY_ONCE
namespace tempsweep::cpu {
namespace {

HWY_EXPORT(NarrowDepths);
HWY_EXPORT(AddChunk);
HWY_EXPORT(FoldFloatLanes);

FloatPoint float_point(double beta, double deepest, bool squares) {
  const double scale = sum_scale(beta);
  FloatPoint point;
  point.minus_scale = static_cast<float>(-scale);
  point.minus_scale_low = static_cast<float>(-scale - static_cast<double>(point.minus_scale));
  point.limit = static_cast<float>(127.25 / scale);  // the power of two has the exponent bits 0
  point.in_range = deepest * scale <= 125;
  point.squares = squares;
  return point;
}

/// From the rounded scale back to β: Z″ moves by −Δβ·μ, μ by −Δβ·V″; the next order is below 1e-10.
RestSums move_to(double beta, float minus_scale, RestSums sums) {
  const double step = beta + static_cast<double>(minus_scale) / 1.4426950408889634074;
  sums.weight -= step * sums.depth * sums.weight;
  sums.depth -= step * sums.variance;
  return sums;
}

}  // namespace

void float_sums(FloatSums how, const double* depths, std::int64_t count, double deepest,
                std::span<const double> betas, bool squares, std::span<RestSums> out) {
  std::fill(out.begin(), out.end(), RestSums{});
  if (count == 0) {
    return;
  }
  std::vector<FloatPoint> points;
  for (const double beta : betas) {
    points.push_back(float_point(beta, deepest, squares));
  }
  std::vector<FloatLaneSums> sums(points.size());
  const auto chunk = std::make_unique<FloatChunk>();
  for (std::int64_t first = 0; first < count; first += float_chunk) {
    HWY_DYNAMIC_DISPATCH(NarrowDepths)
    (depths + first, std::min(float_chunk, count - first), how == FloatSums::mixed, chunk.get());
    for (std::size_t i = 0; i < points.size(); ++i) {
      HWY_DYNAMIC_DISPATCH(AddChunk)(how, *chunk, points[i], &sums[i]);
    }
  }
  for (std::size_t i = 0; i < points.size(); ++i) {
    out[i] = finish_sums(HWY_DYNAMIC_DISPATCH(FoldFloatLanes)(sums[i]), 0);
    if (how == FloatSums::single) {
      out[i] = move_to(betas[i], points[i].minus_scale, out[i]);
    }
  }
}

}  // namespace tempsweep::cpu
#endif  // HWY_ONCE
