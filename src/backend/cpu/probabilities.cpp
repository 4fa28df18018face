// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/probabilities.hpp"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <memory>
#include <vector>

#include "tempsweep/math/float_density.hpp"

#include "backend/cpu/float_sums.hpp"
#include "backend/cpu/kernels.hpp"
#include "backend/cpu/short_exp2.hpp"

// As in kernels.cpp.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "backend/cpu/probabilities.cpp"
#include <hwy/foreach_target.h>
// foreach_target comes first
#include <hwy/highway.h>
// the fence after streaming stores
#include <hwy/cache_control.h>

#include "backend/cpu/kernels-inl.hpp"
// after the vector types
#include "backend/cpu/float_sums-inl.hpp"
#include "backend/cpu/row_scan-inl.hpp"
// after both
#include "backend/cpu/probabilities-inl.hpp"

#if HWY_ONCE
namespace tempsweep::cpu {
namespace {

HWY_EXPORT(ExactProbabilities);
HWY_EXPORT(NarrowLogits);
HWY_EXPORT(FloatProbabilities);
HWY_EXPORT(StreamingFill);

FloatDensity float_density(const ProbabilityRow& row, const ProbabilityPoint& at, FloatDegree degree) {
  const double scale = sum_scale(at.beta);
  FloatDensity density;
  density.point.minus_scale = static_cast<float>(-scale);
  density.point.minus_scale_low = static_cast<float>(-scale - static_cast<double>(density.point.minus_scale));
  const double room = float_density_room(at.total);
  density.point.limit = static_cast<float>(room / scale);
  density.point.in_range = !row.masked && row.deepest * scale <= room - 1;
  const std::span<const float> polynomial = degree == FloatDegree::five
                                                ? std::span<const float>(float_exp2::five)
                                                : std::span<const float>(float_exp2::four);
  density.degree = static_cast<int>(polynomial.size()) - 1;
  std::transform(polynomial.begin(), polynomial.end(), density.coefficients,
                 [&](float c) { return static_cast<float>(static_cast<double>(c) / at.total); });
  return density;
}

/// Floats before the next cache line.
std::int64_t to_cache_line(const float* out) {
  constexpr std::uintptr_t floats = 64 / sizeof(float);
  const std::uintptr_t place = reinterpret_cast<std::uintptr_t>(out) / sizeof(float) % floats;
  return static_cast<std::int64_t>((floats - place) % floats);
}

}  // namespace

void probabilities(const ProbabilityRow& row, std::span<const ProbabilityPoint> points, Stores stores) {
  for (const ProbabilityPoint& point : points) {
    HWY_DYNAMIC_DISPATCH(ExactProbabilities)(row, point, stores);
  }
  hwy::FlushStream();
}

void float_probabilities(const ProbabilityRow& row, std::span<const ProbabilityPoint> points,
                         FloatDegree degree, Stores stores) {
  std::vector<FloatDensity> densities;
  std::vector<float*> outputs;
  for (const ProbabilityPoint& point : points) {
    if (point.beta >= least_float_beta && point.beta <= most_float_beta) {
      densities.push_back(float_density(row, point, degree));
      outputs.push_back(point.out);
    } else {
      probabilities(row, std::span(&point, 1), stores);
    }
  }
  if (densities.empty()) {
    return;
  }
  const auto chunk = std::make_unique<FloatChunk>();
  // A short piece first, so that the others begin where a cache line does, in the output as in the chunk.
  std::int64_t tokens = std::min(row.count, stores == Stores::streaming ? to_cache_line(outputs[0]) : 0);
  for (std::int64_t first = 0; first < row.count; first += tokens) {
    tokens = first > 0 || tokens == 0 ? std::min(float_chunk, row.count - first) : tokens;
    HWY_DYNAMIC_DISPATCH(NarrowLogits)(row.logits + first, tokens, row.maximum, chunk.get());
    for (std::size_t i = 0; i < densities.size(); ++i) {
      HWY_DYNAMIC_DISPATCH(FloatProbabilities)(*chunk, densities[i], stores, outputs[i] + first);
    }
  }
  hwy::FlushStream();
}

void streaming_fill(std::span<float> out, float value) {
  HWY_DYNAMIC_DISPATCH(StreamingFill)(out.data(), std::ssize(out), value);
  hwy::FlushStream();
}

}  // namespace tempsweep::cpu
#endif  // HWY_ONCE
