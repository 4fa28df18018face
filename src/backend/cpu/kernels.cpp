// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/kernels.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cfloat>
#include <chrono>
#include <cmath>
#include <vector>

#include "tempsweep/math/exp2.hpp"

// Scalable vectors cannot live in arrays, which the fixed virtual lanes need.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "backend/cpu/kernels.cpp"
#include <hwy/foreach_target.h>
// foreach_target comes first
#include <hwy/highway.h>

#include "backend/cpu/kernels-inl.hpp"
// after the vector types
#include "backend/cpu/row_scan-inl.hpp"
#include "backend/cpu/table_weights-inl.hpp"

#if HWY_ONCE
namespace tempsweep::cpu {
namespace {

HWY_EXPORT(BlockSums);
HWY_EXPORT(Probabilities);
HWY_EXPORT(TableWeights);
HWY_EXPORT(MultiplyAdds);
HWY_EXPORT(ScanExtremes);
HWY_EXPORT(CollectDepths);

/// Adds partial sums in a pairwise tree whose shape depends on their number alone.
class PairwiseSum {
 public:
  void add(PartialSums value) {
    std::size_t level = 0;
    for (; ((count_ >> level) & 1U) != 0; ++level) {
      value = levels_[level] + value;
    }
    levels_[level] = value;
    ++count_;
  }
  [[nodiscard]] PartialSums total() const {
    PartialSums sum;
    for (std::size_t level = 0; (count_ >> level) != 0; ++level) {
      if (((count_ >> level) & 1U) != 0) {
        sum = levels_[level] + sum;
      }
    }
    return sum;
  }

 private:
  std::array<PartialSums, 40> levels_;
  std::uint64_t count_ = 0;
};

std::vector<PartialSums> sum_blocks(const double* depths, std::int64_t count,
                                    std::span<const Evaluation> points) {
  std::vector<PairwiseSum> trees(points.size());
  for (std::int64_t first = 0; first < count; first += block_tokens) {
    const std::int64_t tokens = std::min(block_tokens, count - first);
    for (std::size_t i = 0; i < points.size(); ++i) {
      trees[i].add(HWY_DYNAMIC_DISPATCH(BlockSums)(depths + first, tokens, points[i]));
    }
  }
  std::vector<PartialSums> totals(points.size());
  std::transform(trees.begin(), trees.end(), totals.begin(), [](const PairwiseSum& t) { return t.total(); });
  return totals;
}

RestSums finish(const PartialSums& sums, double centre) {
  const double offset = sums.first / sums.weight;
  const double variance = sums.second / sums.weight - offset * offset;
  return {sums.weight, centre + offset, std::max(0.0, variance), sums.squares};
}

/// Anchored at l₂ the variance loses about log2(μ²/V″) bits: more than six are bought back by a second pass
/// whose moments are taken about the mean.
bool cancels(const RestSums& sums) {
  return sums.variance < sums.depth * sums.depth / 64;
}

constexpr double log2_e = 1.4426950408889634074;

/// Largest scale: w(0) = 1 and 0·scale = 0 must hold whatever β is.
double scale_of(double beta) {
  return std::min(beta * log2_e, DBL_MAX);
}

}  // namespace

void rest_sums(const double* depths, std::int64_t count, double deepest, std::span<const double> betas,
               bool squares, std::span<RestSums> out) {
  std::fill(out.begin(), out.end(), RestSums{});
  if (count == 0) {
    return;
  }
  std::vector<Evaluation> points;
  for (const double beta : betas) {
    points.push_back({scale_of(beta), deepest, 0, squares});
  }
  const auto totals = sum_blocks(depths, count, points);

  std::vector<Evaluation> again;
  std::vector<std::size_t> where;
  for (std::size_t i = 0; i < points.size(); ++i) {
    out[i] = finish(totals[i], 0);
    if (cancels(out[i])) {
      again.push_back({points[i].scale, deepest, out[i].depth, squares});
      where.push_back(i);
    }
  }
  const auto centred = again.empty() ? std::vector<PartialSums>{} : sum_blocks(depths, count, again);
  for (std::size_t i = 0; i < again.size(); ++i) {
    out[where[i]] = finish(centred[i], again[i].centre);
  }
}

void probabilities(const double* logits, std::int64_t count, double maximum, double beta, double total,
                   float* out) {
  HWY_DYNAMIC_DISPATCH(Probabilities)(logits, count, maximum, scale_of(beta), 1 / total, out);
}

void table_weights(const double* logits, std::int64_t count, double maximum, double beta, double* out) {
  HWY_DYNAMIC_DISPATCH(TableWeights)(logits, count, maximum, beta, out);
}

Extremes scan_extremes(const double* logits, std::int64_t count) {
  Extremes extremes;
  HWY_DYNAMIC_DISPATCH(ScanExtremes)(logits, count, &extremes);
  return extremes;
}

std::int64_t collect_depths(const double* logits, std::int64_t count, double maximum, double second,
                            double* depths) {
  return HWY_DYNAMIC_DISPATCH(CollectDepths)(logits, count, maximum, second, depths);
}

double multiply_add_rate() {
  using Clock = std::chrono::steady_clock;
  constexpr std::int64_t rounds = 20000;
  double best = 0;
  double sink = 0;
  for (const auto end = Clock::now() + std::chrono::milliseconds(20); Clock::now() < end;) {
    const auto start = Clock::now();
    const double done = HWY_DYNAMIC_DISPATCH(MultiplyAdds)(rounds, &sink);
    best = std::max(best, done / std::chrono::duration<double>(Clock::now() - start).count());
  }
  return best;
}

const char* instruction_set() {
  const auto supported = static_cast<std::uint32_t>(hwy::SupportedTargets());
  const std::int64_t target = std::int64_t{1}
                              << std::countr_zero(supported & static_cast<std::uint32_t>(HWY_TARGETS));
  return hwy::TargetName(target);
}

}  // namespace tempsweep::cpu
#endif  // HWY_ONCE
