// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/ladder.hpp"

#include <algorithm>
#include <cfloat>
#include <cmath>

#include "tempsweep/math/exp2.hpp"
#include "tempsweep/math/rest_sums.hpp"

#include "backend/cpu/ladder_points.hpp"

#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "backend/cpu/ladder.cpp"
#include <hwy/foreach_target.h>
// foreach_target comes first
#include <hwy/highway.h>

#include "backend/cpu/kernels-inl.hpp"
// after the vector types
#include "backend/cpu/ladder-inl.hpp"

#if HWY_ONCE
namespace tempsweep::cpu {
namespace {

constexpr int most_levels = 64;
constexpr double unit = 0x1p-53;

HWY_EXPORT(InsertTokens);
HWY_EXPORT(ShiftMoments);
HWY_EXPORT(EvaluateLevel);
HWY_EXPORT(EvaluateSeries);

using ShiftMatrix = std::array<double, ladder_moments * ladder_moments>;

/// About the parent's centre a child's place is (t + s)/2, s = +1 for the child nearer to the anchor:
/// M^P_k = 2^−k Σ_i C(k, i) s^(k−i) M^C_i. [i][k]; every entry is exact.
ShiftMatrix shift_matrix(double side) {
  ShiftMatrix matrix{};
  for (std::size_t k = 0; k < ladder_moments; ++k) {
    double binomial = std::ldexp(1.0, -static_cast<int>(k));
    for (std::size_t i = 0; i <= k; ++i) {
      const double sign = (k - i) % 2 == 0 ? 1.0 : side;
      matrix[i * ladder_moments + k] = binomial * sign;
      binomial = binomial * static_cast<double>(k - i) / static_cast<double>(i + 1);
    }
  }
  return matrix;
}

}  // namespace

void evaluate_series(const double* coefficients, std::size_t terms, const double* x, double* out) {
  HWY_DYNAMIC_DISPATCH(EvaluateSeries)(coefficients, terms, x, out);
}

void LeafStore::reset(std::size_t leaves) {
  run.assign(leaves * ladder_moments, 0.0);
  sum.assign(leaves * ladder_moments, 0.0);
  total.assign(leaves * ladder_moments, 0.0);
  count.assign(leaves, 0);
}

void LeafStore::close_run(std::size_t leaf) {
  const auto move = [&](std::vector<double>& from, std::vector<double>& to) {
    for (std::size_t k = leaf * ladder_moments; k < (leaf + 1) * ladder_moments; ++k) {
      to[k] += from[k];
      from[k] = 0;
    }
  };
  move(run, sum);
  if (count[leaf] % (ladder_run * ladder_run) == 0) {
    move(sum, total);
  }
}

void LeafStore::close_all() {
  for (std::size_t k = 0; k < run.size(); ++k) {
    total[k] += sum[k] + run[k];
  }
}

double MomentLadder::half_width(int level) const {
  return std::ldexp(root_half_width_, -level);
}

int MomentLadder::level_of(double beta) const {
  for (int level = 0; level < levels_; ++level) {
    if (beta * half_width(level) <= 0.5) {
      return level;
    }
  }
  return -1;
}

bool MomentLadder::serves(double beta) const {
  return root_half_width_ == 0 || level_of(beta) >= 0;
}

void MomentLadder::build(const double* depths, std::int64_t count, double deepest, double steepest) {
  count_ = count;
  levels_ = 0;
  // Below the normal numbers nothing can be said of widths; a row all of whose rest is equal needs no bins.
  root_half_width_ = deepest > 0x1p-900 ? std::ldexp(1.0, std::ilogb(deepest) + 1) / (2 * ladder_bins) : 0;
  if (root_half_width_ == 0 || !(deepest < 0x1p900)) {
    return;
  }
  levels_ = 1;
  while (levels_ < most_levels && steepest * half_width(levels_ - 1) > 0.5) {
    ++levels_;
  }
  leaves_.reset(64 * static_cast<std::size_t>(levels_ + 1));
  // In units of the finest bins.
  const double scale = 1 / (2 * half_width(levels_ - 1));
  HWY_DYNAMIC_DISPATCH(InsertTokens)(depths, count, scale, leaves_);
  const std::uint32_t fullest = *std::max_element(leaves_.count.begin(), leaves_.count.end());
  longest_ = std::min(fullest, 2 * ladder_run) + fullest / (ladder_run * ladder_run);
  leaves_.close_all();
  climb();
}

/// Leaf l stands at the finest level for l < 64, then 64 a level in the upper half of its bins.
void MomentLadder::climb() {
  static const ShiftMatrix near = shift_matrix(1.0);
  static const ShiftMatrix far = shift_matrix(-1.0);
  constexpr auto level_size = static_cast<std::size_t>(ladder_bins) * ladder_moments;
  constexpr std::size_t half = level_size / 2;
  moments_.assign(static_cast<std::size_t>(levels_) * level_size, 0.0);
  const auto level = [&](int j) { return moments_.data() + static_cast<std::size_t>(j) * level_size; };
  std::copy_n(leaves_.total.begin(), half, level(levels_ - 1));
  for (int j = levels_ - 1; j >= 0; --j) {
    const auto octave = static_cast<std::size_t>(levels_ - j);
    std::copy_n(leaves_.total.begin() + static_cast<std::ptrdiff_t>(octave * half), half, level(j) + half);
    if (j == 0) {
      break;
    }
    for (std::size_t b = 0; b < static_cast<std::size_t>(ladder_bins); ++b) {
      const double* const child = level(j) + b * ladder_moments;
      if (child[0] != 0) {
        HWY_DYNAMIC_DISPATCH(ShiftMoments)
        (child, (b % 2 == 0 ? near : far).data(), level(j - 1) + b / 2 * ladder_moments);
      }
    }
  }
}

void MomentLadder::sums(std::span<const double> betas, std::span<RestSums> out) const {
  std::fill(out.begin(), out.end(), RestSums{});
  if (root_half_width_ == 0) {
    std::fill(out.begin(), out.end(), RestSums{static_cast<double>(count_), 0, 0, 0});
    return;
  }
  for (std::size_t first = 0; first < betas.size();) {
    const int level = level_of(betas[first]);
    std::size_t count = 0;
    LevelPoints points{};
    while (count < 8 && first + count < betas.size() && level_of(betas[first + count]) == level) {
      const double u = betas[first + count] * half_width(level);
      points.u[count] = u;
      points.first_decay[count] = exp2_reproducible(-u * weight_constant::log2_e);
      points.decay_step[count] = points.first_decay[count] * points.first_decay[count];
      ++count;
    }
    if (level >= 0) {
      double results[24];
      HWY_DYNAMIC_DISPATCH(EvaluateLevel)
      (moments_.data() + static_cast<std::size_t>(level) * ladder_bins * ladder_moments, points, results);
      const double h = half_width(level);
      for (std::size_t i = 0; i < count; ++i) {
        const double deviation = h * std::sqrt(std::max(0.0, results[16 + i]));
        out[first + i] = {results[i], std::max(0.0, h * results[8 + i]), deviation * deviation, 0};
      }
    }
    first += count;
  }
}

/// Of every bin's part of a sum: a term passes its leaf's additions, the shifts (a product and an addition
/// each, coefficients of sum 1), 14 terms whose absolute values add up to e^(2u) of the sum, and 34 additions
/// over bins; the series leaves out e^u u^14/14! at u = 1/2.
double MomentLadder::relative_error() const {
  return 1.3e-15 + unit * (longest_ + 2.0 * levels_ + 3 * 14 + 34 + 8);
}

/// e^(−u(2b+1)) is a product of b factors, which weighs b ≤ βy/(2u) ≤ 2βy.
SumErrors MomentLadder::errors(double beta, const RestSums& at) const {
  if (root_half_width_ == 0) {
    return {};
  }
  const double x = beta * at.depth;
  const double relative = relative_error();
  // S and Z err alike and apart; about its mean the factors' errors count as far as x strays.
  const double mean = 2 * relative * (x + 1) + unit * 2 * x * (x + 1);
  const double variance = at.variance > 0 ? variance_error(beta, at) / at.variance : HUGE_VAL;
  return {relative + unit * 2 * x, mean, variance};
}

/// Within a bin offset² − 2 offset t + t² cancels down to the spread: its terms are at most 4 half-widths²
/// each.
double MomentLadder::variance_error(double beta, const RestSums& at) const {
  if (root_half_width_ == 0) {
    return 0;
  }
  const double h = half_width(level_of(beta));
  const double relative = relative_error();
  return 2 * (relative + unit * 2 * beta * at.depth) * at.variance + relative * 16 * h * h;
}

}  // namespace tempsweep::cpu
#endif  // HWY_ONCE
