// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

/// Whole distributions in f32.
namespace tempsweep::cpu {

/// One temperature of a row: β ≥ 0, g + Z′, and where its probabilities go, [count].
struct ProbabilityPoint {
  double beta = 0;
  double total = 1;
  float* out = nullptr;
};

/// The logits of a row, every one ≤ maximum; −inf is a masked token.
struct ProbabilityRow {
  const double* logits = nullptr;
  std::int64_t count = 0;
  double maximum = 0;
  double deepest = 0;   ///< m minus the smallest unmasked logit, logit
  bool masked = false;  ///< whether any token is
};

/// How they reach the memory.
enum class Stores : std::uint8_t {
  cached,
  streaming,  ///< past the caches, for outputs that are larger than these
};

/// The degree of the exponential's polynomial in float.
enum class FloatDegree : std::uint8_t { four, five };

/// What a point's float probabilities err by at most, relatively and apart from the error of `total`: in
/// units of 2^-24 the polynomial's own 1.6 (degree 5) or 47.4 (degree 4), 1.3 from Horner's scheme, 1.4 from
/// rounding its coefficients and 0.5 from its argument.
[[nodiscard]] constexpr double float_probability_error(FloatDegree degree) {
  return degree == FloatDegree::five ? 3e-7 : 3.1e-6;
}

/// p = e^(−β(m − l))/total, rounded once from double; 0 for masked tokens and below the smallest normal
/// float. The bits are those of the CUDA backend.
void probabilities(const ProbabilityRow& row, std::span<const ProbabilityPoint> points, Stores stores);

/// The same with exponentials in float, about three times as fast, within float_probability_error; results
/// up to a relative 1e-5 above the smallest normal float may be 0. β outside the range of float_sums.hpp gets
/// probabilities().
void float_probabilities(const ProbabilityRow& row, std::span<const ProbabilityPoint> points,
                         FloatDegree degree, Stores stores);

/// Writes `value` to a whole buffer past the caches: what a streaming store can reach, for benchmarks.
void streaming_fill(std::span<float> out, float value);

}  // namespace tempsweep::cpu
