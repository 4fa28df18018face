// SPDX-License-Identifier: Apache-2.0
// The sums over a row's rest, token by token: the operations and their order are a contract between the SIMD
// loops, the CUDA kernels and the tests, which all give the same bits. Needs contraction off.
#pragma once

#include <cfloat>
#include <cmath>
#include <cstdint>

#include "tempsweep/math/bits.hpp"
#include "tempsweep/math/host_device.hpp"
#include "tempsweep/math/law.hpp"

namespace tempsweep {

/// Tokens a block: summed by lanes; blocks are combined by a pairwise tree that depends on their number
/// alone.
inline constexpr std::int64_t sum_block_tokens = 512;

/// Virtual lanes: token i of a block belongs to lane i mod 8. Lanes fold as ((0+4)+(2+6)) + ((1+5)+(3+7)).
inline constexpr std::int64_t sum_lanes = 8;

/// Minimax 2^f on [−½, ½] of degree 10, relative error 2^-52.0 (scripts/derive_exp2.sollya), c₀ = 1.
namespace sum_exp2 {
inline constexpr double c1 = 0x1.62e42fefa3a12p-1;
inline constexpr double c2 = 0x1.ebfbdff82c431p-3;
inline constexpr double c3 = 0x1.c6b08d703e18ep-5;
inline constexpr double c4 = 0x1.3b2ab6fbd6dbep-7;
inline constexpr double c5 = 0x1.5d87fe9b8d2a2p-10;
inline constexpr double c6 = 0x1.4309126be05f9p-13;
inline constexpr double c7 = 0x1.ffcb58ce7eb4dp-17;
inline constexpr double c8 = 0x1.62c147edea337p-20;
inline constexpr double c9 = 0x1.b671af6e9ace6p-24;
inline constexpr double c10 = 0x1.e3a8908819ee9p-28;
inline constexpr double coefficients[11] = {1.0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10};
inline constexpr double magic = 0x1.8p52;  ///< adding it rounds to an integer, left in the low bits
}  // namespace sum_exp2

/// β·log2 e, at most DBL_MAX: w(0) = 1 and 0·scale = 0 must hold whatever β is.
TEMPSWEEP_HD inline double sum_scale(double beta) {
  const double scale = beta * 1.4426950408889634074;
  return scale < DBL_MAX ? scale : DBL_MAX;
}

/// Depths beyond it weigh exactly 0: their power of two would have the exponent −1023.
TEMPSWEEP_HD inline double exp2_limit(double scale) {
  return 1023.25 / scale;
}

/// Whether no depth of a row reaches the subnormal numbers, so that exp2_minus need not look.
TEMPSWEEP_HD inline bool exp2_in_range(double deepest, double scale) {
  return deepest * scale <= 1021;
}

/// 2^(−y·scale) for y, scale ≥ 0, within 1.5 units of the last place; exactly 0 below 2^-1022. Both forms
/// give the same bits where exp2_in_range() holds.
template <bool in_range>
TEMPSWEEP_HD inline double exp2_minus(double depth, double minus_scale, double limit) {
  if constexpr (!in_range) {
    depth = depth < limit ? depth : limit;
  }
  const double shifted = std::fma(depth, minus_scale, sum_exp2::magic);
  const double fraction = std::fma(depth, minus_scale, -(shifted - sum_exp2::magic));
  double q = std::fma(sum_exp2::c10, fraction, sum_exp2::c9);
  q = std::fma(q, fraction, sum_exp2::c8);
  q = std::fma(q, fraction, sum_exp2::c7);
  q = std::fma(q, fraction, sum_exp2::c6);
  q = std::fma(q, fraction, sum_exp2::c5);
  q = std::fma(q, fraction, sum_exp2::c4);
  q = std::fma(q, fraction, sum_exp2::c3);
  q = std::fma(q, fraction, sum_exp2::c2);
  q = std::fma(q, fraction, sum_exp2::c1);
  q = std::fma(q, fraction, 1.0);
  if constexpr (in_range) {
    return double_of(bits_of(q) + (bits_of(shifted) << 52U));
  } else {
    return q * double_of((bits_of(shifted) + 1023U) << 52U);
  }
}

/// Σw, Σ(y − c)w, Σ(y − c)²w, Σw² over some tokens of a row's rest.
struct PartialSums {
  double weight = 0;
  double first = 0;
  double second = 0;
  double squares = 0;

  /// One token more.
  template <bool with_squares, bool centred>
  TEMPSWEEP_HD void add(double depth, double w, double centre) {
    const double offset = centred ? depth - centre : depth;
    const double weighted = offset * w;  // first: a weight of 0 silences any depth
    weight += w;
    first += weighted;
    second = std::fma(weighted, offset, second);
    if constexpr (with_squares) {
      squares = std::fma(w, w, squares);
    }
  }

  friend TEMPSWEEP_HD PartialSums operator+(const PartialSums& a, const PartialSums& b) {
    return {a.weight + b.weight, a.first + b.first, a.second + b.second, a.squares + b.squares};
  }
};

/// Adds partial sums in a pairwise tree whose shape depends on their number alone: that of a complete binary
/// tree filled up with zeros, so an aligned run of 2^k of them may be summed on its own first.
class PairwiseSum {
 public:
  TEMPSWEEP_HD void add(PartialSums value) {
    int level = 0;
    for (; ((count_ >> level) & 1U) != 0; ++level) {
      value = levels_[level] + value;
    }
    levels_[level] = value;
    ++count_;
  }
  [[nodiscard]] TEMPSWEEP_HD PartialSums total() const {
    PartialSums sum;
    for (int level = 0; (count_ >> level) != 0; ++level) {
      if (((count_ >> level) & 1U) != 0) {
        sum = levels_[level] + sum;
      }
    }
    return sum;
  }

 private:
  PartialSums levels_[40];
  std::uint64_t count_ = 0;
};

/// \param centre  the c that the moments were taken about, logit
TEMPSWEEP_HD inline RestSums finish_sums(const PartialSums& sums, double centre) {
  const double offset = sums.first / sums.weight;
  const double variance = sums.second / sums.weight - offset * offset;
  return {sums.weight, centre + offset, variance > 0 ? variance : 0, sums.squares};
}

/// Anchored at l₂ the variance loses about log2(μ²/V″) bits: more than six are bought back by a second pass
/// whose moments are taken about the mean.
TEMPSWEEP_HD inline bool cancels(const RestSums& sums) {
  return sums.variance < sums.depth * sums.depth / 64;
}

}  // namespace tempsweep
