// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "tempsweep/math/rest_sums.hpp"

/// The vectorised loops of the CPU backend. Each is compiled for every instruction set that Highway knows and
/// dispatched at run time. Bits do not depend on the instruction set as long as it has a fused multiply-add
/// (AVX2, AVX-512, NEON): 8 virtual lanes, fixed blocks, fixed trees.
namespace tempsweep::cpu {

/// Sums over a row's rest at each β ≥ 0 (β = 0: T = ∞), see RestSums.
/// \param depths    y = l₂ − l ≥ 0, finite, [count]; readable up to the next multiple of 8.
/// \param deepest   largest of the depths
/// \param squares   whether Σw² is wanted too; otherwise RestSums::squares is 0.
/// Cost: one exponential a (token, β); a second pass for a β whose variance would cancel.
void rest_sums(const double* depths, std::int64_t count, double deepest, std::span<const double> betas,
               bool squares, std::span<RestSums> out);

/// p = e^(−β(m − l))/total as float, for every logit ≤ m; 0 for −inf and below the smallest normal float.
void probabilities(const double* logits, std::int64_t count, double maximum, double beta, double total,
                   float* out);

/// table_weight(m − l, β) of math/exp2.hpp for every logit, with its very bits on every instruction set.
/// \param beta  in [0, ∞]; ∞ is T = 0.
void table_weights(const double* logits, std::int64_t count, double maximum, double beta, double* out);

/// What a row of logits holds, whatever the temperature.
struct Extremes {
  double maximum = 0;          ///< −inf when every token is masked
  double second = 0;           ///< largest below the maximum, −inf when there is none
  double deepest = 0;          ///< smallest unmasked
  std::int64_t unmasked = 0;   ///< tokens above −inf
  std::int64_t ties = 0;       ///< tokens equal to the maximum
  std::int64_t top_piece = 0;  ///< the first maximum stands here or later
  bool sound = false;          ///< no NaN and no +inf; when false, nothing else here means anything
};
[[nodiscard]] Extremes scan_extremes(const double* logits, std::int64_t count);

/// Writes l₂ − l, at most DBL_MAX, of every token that is neither masked nor on top, in order.
/// \param depths  room for them and for `sum_lanes` more, which may be overwritten.  \returns how many.
std::int64_t collect_depths(const double* logits, std::int64_t count, double maximum, double second,
                            double* depths);

/// Fused multiply-adds a second of one thread, measured over about 20 ms: the ceiling of the loops above.
[[nodiscard]] double multiply_add_rate();

/// Name of the instruction set that the calls above run on here, e.g. "AVX2".
[[nodiscard]] const char* instruction_set();

}  // namespace tempsweep::cpu
