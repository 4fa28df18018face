// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/kernels.hpp"

#include <algorithm>
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

std::vector<PartialSums> sum_blocks(const double* depths, std::int64_t count,
                                    std::span<const Evaluation> points) {
  std::vector<PairwiseSum> trees(points.size());
  for (std::int64_t first = 0; first < count; first += sum_block_tokens) {
    const std::int64_t tokens = std::min(sum_block_tokens, count - first);
    for (std::size_t i = 0; i < points.size(); ++i) {
      trees[i].add(HWY_DYNAMIC_DISPATCH(BlockSums)(depths + first, tokens, points[i]));
    }
  }
  std::vector<PartialSums> totals(points.size());
  std::transform(trees.begin(), trees.end(), totals.begin(), [](const PairwiseSum& t) { return t.total(); });
  return totals;
}

/// Of two neighbouring pieces, `a` the first.
Extremes joined(const Extremes& a, const Extremes& b) {
  Extremes both = a;
  both.deepest = std::min(a.deepest, b.deepest);
  both.unmasked += b.unmasked;
  both.sound = a.sound && b.sound;
  if (b.maximum > a.maximum) {
    both.maximum = b.maximum;
    both.ties = b.ties;
    both.top_piece = b.top_piece;
    both.second = std::max(a.maximum, b.second);
  } else if (b.maximum == a.maximum) {
    both.ties += b.ties;
    both.second = std::max(a.second, b.second);
  } else {
    both.second = std::max(a.second, b.maximum);
  }
  return both;
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
    points.push_back({sum_scale(beta), deepest, 0, squares});
  }
  const auto totals = sum_blocks(depths, count, points);

  std::vector<Evaluation> again;
  std::vector<std::size_t> where;
  for (std::size_t i = 0; i < points.size(); ++i) {
    out[i] = finish_sums(totals[i], 0);
    if (cancels(out[i])) {
      again.push_back({points[i].scale, deepest, out[i].depth, squares});
      where.push_back(i);
    }
  }
  const auto centred = again.empty() ? std::vector<PartialSums>{} : sum_blocks(depths, count, again);
  for (std::size_t i = 0; i < again.size(); ++i) {
    out[where[i]] = finish_sums(centred[i], again[i].centre);
  }
}

void probabilities(const double* logits, std::int64_t count, double maximum, double beta, double total,
                   float* out) {
  HWY_DYNAMIC_DISPATCH(Probabilities)(logits, count, maximum, sum_scale(beta), 1 / total, out);
}

void table_weights(const double* logits, std::int64_t count, double maximum, double beta, double* out) {
  HWY_DYNAMIC_DISPATCH(TableWeights)(logits, count, maximum, beta, out);
}

Extremes scan_extremes(const double* logits, std::int64_t count) {
  constexpr std::int64_t piece = 2048;  // is read twice, the second time from the core's cache
  Extremes all;
  HWY_DYNAMIC_DISPATCH(ScanExtremes)(logits, std::min(piece, count), &all);
  for (std::int64_t first = piece; first < count; first += piece) {
    Extremes part;
    HWY_DYNAMIC_DISPATCH(ScanExtremes)(logits + first, std::min(piece, count - first), &part);
    part.top_piece = first;
    all = joined(all, part);
  }
  return all;
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
