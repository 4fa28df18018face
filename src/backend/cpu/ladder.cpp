// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/ladder.hpp"

#include <algorithm>
#include <array>
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

HWY_EXPORT(InsertTokens);
HWY_EXPORT(ShiftMoments);
HWY_EXPORT(EvaluateLevel);

constexpr auto moments_each = static_cast<std::size_t>(ladder_moments);
constexpr auto level_size = static_cast<std::size_t>(ladder_bins) * moments_each;

using ShiftMatrix = std::array<double, moments_each * moments_each>;

/// About the parent's centre a child's place is (t + s)/2, s = +1 for the child nearer to the anchor:
/// M^P_k = 2^−k Σ_i C(k, i) s^(k−i) M^C_i. [i][k]; every entry is exact.
ShiftMatrix shift_matrix(double side) {
  ShiftMatrix matrix{};
  for (std::size_t k = 0; k < moments_each; ++k) {
    double binomial = std::ldexp(1.0, -static_cast<int>(k));
    for (std::size_t i = 0; i <= k; ++i) {
      const double sign = (k - i) % 2 == 0 ? 1.0 : side;
      matrix[i * moments_each + k] = binomial * sign;
      binomial = binomial * static_cast<double>(k - i) / static_cast<double>(i + 1);
    }
  }
  return matrix;
}

}  // namespace

void LeafStore::reset(std::size_t leaves) {
  run.assign(leaves * moments_each, 0.0);
  sum.assign(leaves * moments_each, 0.0);
  total.assign(leaves * moments_each, 0.0);
  count.assign(leaves, 0);
}

void LeafStore::close_run(std::size_t leaf) {
  const auto move = [&](std::vector<double>& from, std::vector<double>& to) {
    for (std::size_t k = leaf * moments_each; k < (leaf + 1) * moments_each; ++k) {
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

std::uint64_t MomentLadder::bytes(std::int64_t levels) {
  return static_cast<std::uint64_t>(levels) * level_size * sizeof(double);
}

void MomentLadder::build(const double* depths, std::int64_t count, double deepest, double steepest,
                         LeafStore& leaves) {
  count_ = count;
  shape_ = make_ladder_shape(deepest, steepest);
  if (shape_.levels == 0) {
    return;
  }
  leaves.reset(static_cast<std::size_t>(shape_.leaves()));
  HWY_DYNAMIC_DISPATCH(InsertTokens)(depths, count, shape_.scale(), leaves);
  const std::uint32_t fullest = *std::max_element(leaves.count.begin(), leaves.count.end());
  const std::uint32_t longest = std::min(fullest, 2 * ladder_run) + fullest / (ladder_run * ladder_run);
  relative_error_ = ladder_relative_error(longest, static_cast<double>(shape_.levels));
  leaves.close_all();
  climb(leaves);
}

void MomentLadder::climb(const LeafStore& leaves) {
  static const ShiftMatrix near = shift_matrix(1.0);
  static const ShiftMatrix far = shift_matrix(-1.0);
  constexpr std::size_t half = level_size / 2;
  const auto levels = static_cast<std::size_t>(shape_.levels);
  moments_.assign(levels * level_size, 0.0);
  std::copy_n(leaves.total.begin(), half, moments_.end() - level_size);
  for (std::size_t j = levels; j-- > 0;) {
    double* const level = moments_.data() + j * level_size;
    std::copy_n(leaves.total.begin() + static_cast<std::ptrdiff_t>((levels - j) * half), half, level + half);
    if (j == 0) {
      break;
    }
    for (std::size_t b = 0; b < static_cast<std::size_t>(ladder_bins); ++b) {
      const double* const child = level + b * moments_each;
      if (child[0] != 0) {
        HWY_DYNAMIC_DISPATCH(ShiftMoments)
        (child, (b % 2 == 0 ? near : far).data(), level - level_size + b / 2 * moments_each);
      }
    }
  }
}

void MomentLadder::same_level(std::int64_t level, std::span<const double> betas, std::span<RestSums> out,
                              std::span<SumErrors> errors) const {
  const double h = shape_.half_width(level);
  LevelPoints points{};
  for (std::size_t i = 0; i < betas.size(); ++i) {
    const double u = betas[i] * h;
    points.u[i] = u;
    points.first_decay[i] = exp2_reproducible(-u * weight_constant::log2_e);
    points.decay_step[i] = points.first_decay[i] * points.first_decay[i];
  }
  double results[24];
  HWY_DYNAMIC_DISPATCH(EvaluateLevel)
  (moments_.data() + static_cast<std::size_t>(level) * level_size, points, results);
  for (std::size_t i = 0; i < betas.size(); ++i) {
    const double depth = h * results[8 + i];
    const double deviation = h * std::sqrt(results[16 + i] > 0 ? results[16 + i] : 0);
    out[i] = {results[i], depth > 0 ? depth : 0, deviation * deviation, 0};
    errors[i] = ladder_errors(relative_error_, betas[i], out[i], h, static_cast<double>(count_));
  }
}

void MomentLadder::sums(std::span<const double> betas, std::span<RestSums> out,
                        std::span<SumErrors> errors) const {
  for (std::size_t first = 0; first < betas.size();) {
    const std::int64_t level = shape_.level_of(betas[first]);
    std::size_t count = 1;
    while (count < 8 && first + count < betas.size() && shape_.level_of(betas[first + count]) == level) {
      ++count;
    }
    if (level >= 0) {
      same_level(level, betas.subspan(first, count), out.subspan(first, count), errors.subspan(first, count));
    } else {
      std::fill_n(out.begin() + static_cast<std::ptrdiff_t>(first), count, RestSums{});
      std::fill_n(errors.begin() + static_cast<std::ptrdiff_t>(first), count,
                  SumErrors{HUGE_VAL, HUGE_VAL, HUGE_VAL});
    }
    first += count;
  }
}

}  // namespace tempsweep::cpu
#endif  // HWY_ONCE
