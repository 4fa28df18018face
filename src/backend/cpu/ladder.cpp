// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/ladder.hpp"

#include <algorithm>
#include <cmath>

#include "tempsweep/math/exp2.hpp"
#include "tempsweep/math/rest_sums.hpp"

#include "backend/cpu/kernels.hpp"
#include "backend/cpu/ladder_points.hpp"

#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "backend/cpu/ladder.cpp"
#include <hwy/foreach_target.h>
// foreach_target comes first
#include <hwy/cache_control.h>
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include "backend/cpu/kernels-inl.hpp"
// after the vector types
#include "backend/cpu/row_scan-inl.hpp"
// and its loops
#include "backend/cpu/insert-inl.hpp"
#include "backend/cpu/ladder-inl.hpp"

#if HWY_ONCE
namespace tempsweep::cpu {
namespace {

HWY_EXPORT(InsertDistinct);
HWY_EXPORT(InsertFinely);
HWY_EXPORT(InsertTokens);
HWY_EXPORT(ShiftMoments);
HWY_EXPORT(EvaluateLevel);

constexpr auto moments_each = static_cast<std::size_t>(ladder_moments);
constexpr auto level_size = static_cast<std::size_t>(ladder_bins) * moments_each;

/// A child whose place in its parent is (t + side)/width: M^P_k = width^−k Σ_i C(k, i) side^(k−i) M^C_i.
/// \param out  [rows, 16], row i for the child's moment i
void shift_matrix(double side, double width, std::size_t rows, double* out) {
  for (std::size_t k = 0; k < moments_each; ++k) {
    double binomial = 1;
    for (std::size_t i = 0; i <= k; ++i) {
      if (i < rows) {
        const auto power = static_cast<double>(k - i);
        out[i * moments_each + k] =
            binomial * std::pow(side, power) / std::pow(width, static_cast<double>(k));
      }
      binomial = binomial * static_cast<double>(k - i) / static_cast<double>(i + 1);
    }
  }
}

/// A bin into the next coarser level's, nearer to the anchor and farther from it.
struct LevelShifts {
  double near[moments_each * moments_each] = {};
  double far[moments_each * moments_each] = {};
  LevelShifts() {
    shift_matrix(1, 2, moments_each, near);
    shift_matrix(-1, 2, moments_each, far);
  }
};

/// Parts of a leaf into the leaf.
struct PartShifts {
  double matrix[fine_leaves * fine_moments * moments_each] = {};
  PartShifts() {
    for (std::size_t q = 0; q < fine_leaves; ++q) {
      shift_matrix(static_cast<double>(fine_leaves) - 1 - 2 * static_cast<double>(q), fine_leaves,
                   fine_moments, matrix + q * fine_moments * moments_each);
    }
  }
};

/// Shorter rows leave most parts of leaves with a token or two, which is no gain.
constexpr std::int64_t least_fine_tokens = 16384;
/// Levels that β does not ask for, two of them: near the anchor, where weights are large, parts of leaves are
/// then as narrow as their eight moments need; farther down the ladder they are so by themselves.
constexpr double fine_steepness = 4;

/// What parts of leaves leave out. A token inserted s levels finer than the one that β takes stands in a part
/// of half-width u·2^−s/4 in units of 1/β, and 64·2^(1−s)u nat or more below the anchor, or nearer where s ≥
/// 2: eight moments miss (u 2^−s/4)^(8−r)/(8 − r)! (r = 0, 1, 2, times β^r) of at most N e^−depth of the
/// weight, for which a distance of 32·2^(1−s)u is counted. Largest at u = ½, s = 1, where N = 10⁶ tokens 16
/// nat down weigh a tenth of the anchor.
SumErrors fine_errors(std::int64_t tokens) {
  const double share = std::max(1.0, static_cast<double>(tokens) / 1e6);
  return {1e-15 * share, 6e-15 * share, 4e-14 * share};
}

/// And have fewer repeated logits than it costs to count them.
constexpr std::int64_t least_merged_tokens = 8192;

}  // namespace

std::uint64_t MomentLadder::bytes(std::int64_t levels, bool keeps) {
  const std::size_t leaves = ladder_octave * (static_cast<std::size_t>(levels) + 1) * moments_each;
  return (static_cast<std::size_t>(levels) * level_size + (keeps ? leaves : 0)) * sizeof(double);
}

std::uint64_t MomentLadder::scratch_bytes(std::int64_t levels, std::int64_t tokens) {
  // Table and values of DistinctLogits.
  const std::uint64_t repeated_logits = tokens >= least_merged_tokens ? 400000 : 0;
  const std::uint64_t parts = tokens >= least_fine_tokens ? 2 * fine_leaves * fine_moments : 0;
  const auto leaves = static_cast<std::uint64_t>(ladder_octave * (levels + 1));
  // Sums of a leaf, in three steps, in total, and once for every part of the row; and of its parts, in two.
  const auto kept = static_cast<std::uint64_t>(tokens / part_tokens + 1);
  return leaves * ((4 + kept) * moments_each + parts) * sizeof(double) + repeated_logits;
}

std::int64_t MomentLadder::levels_for(double spread, double steepest, std::int64_t tokens) {
  return make_ladder_shape(spread, tokens >= least_fine_tokens ? fine_steepness * steepest : steepest).levels;
}

void MomentLadder::start(bool keeps) {
  keeps_ = keeps;
  kept_ = {};
}

void MomentLadder::lay_out(const RowScan& scan, std::int64_t count, double steepest,
                           std::int64_t most_levels) {
  count_ = scan.rest();
  fine_ = count >= least_fine_tokens;
  steepest_ = steepest;
  shape_ = make_ladder_shape(scan.second - scan.deepest, fine_ ? fine_steepness * steepest : steepest);
  if (shape_.levels > most_levels) {
    shape_ = {};
  }
  fine_ = fine_ && shape_.levels < ladder_most_levels;  // else the two levels may be missing
  parts_ = shape_.levels == 0 ? 0 : (count + part_tokens - 1) / part_tokens;
  first_part_ = 0;
  whole_parts_ = 0;
  most_additions_ = 0;
  total_.assign(static_cast<std::size_t>(shape_.leaves()) * moments_each, 0.0);
}

/// Goes on where kept_ ends, or else from the first part. Leaves keep their places while l₂ and their width
/// do: a deeper row has more of them, at the end.
void MomentLadder::resume(const InsertedRow& row) {
  whole_parts_ = keeps_ ? row.count / part_tokens : 0;
  if (kept_.parts > 0 && kept_.maximum == row.maximum && kept_.second == row.second &&
      parts_ >= kept_.parts && kept_.scale == shape_.scale()) {
    first_part_ = kept_.parts;
    most_additions_ = kept_.additions;
    std::copy(kept_.leaves.begin(), kept_.leaves.end(), total_.begin());
  } else {
    kept_ = {0, 0, row.maximum, row.second, parts_ > 0 ? shape_.scale() : 0, {}};
  }
}

void MomentLadder::begin(const RowScan& scan, const InsertedRow& row, double steepest,
                         std::int64_t most_levels) {
  lay_out(scan, row.count, steepest, most_levels);
  resume(row);
  const auto slots = static_cast<std::size_t>(parts());
  leaves_.resize(slots * total_.size());
  additions_.assign(slots, 0);
}

void MomentLadder::insert(std::int64_t part, const InsertedRow& row, BinStore& bins) {
  static const PartShifts shifts;
  const auto leaves = static_cast<std::size_t>(shape_.leaves());
  const std::int64_t first = (first_part_ + part) * part_tokens;
  const std::int64_t last = std::min(first + part_tokens, row.count);
  bins.reset(leaves, fine_);
  if (fine_) {
    HWY_DYNAMIC_DISPATCH(InsertFinely)(row, first, last, shape_.scale(), leaves, shifts.matrix, bins);
  } else {
    HWY_DYNAMIC_DISPATCH(InsertTokens)(row, first, last, shape_.scale(), bins);
  }
  put(static_cast<std::size_t>(part), bins);
}

void MomentLadder::put(std::size_t slot, BinStore& bins) {
  const auto& totals = bins.totals();
  std::copy(totals.begin(), totals.end(),
            leaves_.begin() + static_cast<std::ptrdiff_t>(slot * totals.size()));
  additions_[slot] = bins.additions();
}

void MomentLadder::add_part(std::size_t slot, bool whole) {
  const double* const leaves = leaves_.data() + slot * total_.size();
  for (std::size_t k = 0; k < total_.size(); ++k) {
    total_[k] += leaves[k];
  }
  most_additions_ = std::max(most_additions_, additions_[slot]);
  if (whole) {
    ++kept_.parts;
    kept_.additions = most_additions_;
    if (kept_.parts == whole_parts_) {
      kept_.leaves = total_;
    }
  }
}

void MomentLadder::finish() {
  if (shape_.levels == 0) {
    return;
  }
  for (std::int64_t part = first_part_; part < parts_; ++part) {
    add_part(static_cast<std::size_t>(part - first_part_), part < whole_parts_);
  }
  relative_error_ = ladder_relative_error(most_additions_ + static_cast<double>(parts_),
                                          static_cast<double>(shape_.levels));
  climb();
  std::vector<double>().swap(leaves_);
  std::vector<double>().swap(total_);
}

void MomentLadder::build(const RowScan& scan, const InsertedRow& row, double steepest, InsertScratch& scratch,
                         std::int64_t most_levels) {
  if (row.count < least_merged_tokens || !scratch.distinct.collect(row)) {
    begin(scan, row, steepest, most_levels);
    for (std::int64_t part = 0; part < parts(); ++part) {
      insert(part, row, scratch.bins);
    }
    finish();
    return;
  }
  lay_out(scan, 1, steepest, most_levels);
  if (shape_.levels > 0) {
    leaves_.resize(total_.size());
    additions_.assign(1, 0);
    scratch.bins.reset(static_cast<std::size_t>(shape_.leaves()), false);
    HWY_DYNAMIC_DISPATCH(InsertDistinct)
    (scratch.distinct.depths(), scratch.distinct.counts(), shape_.scale(), scratch.bins);
    put(0, scratch.bins);
  }
  finish();
}

void MomentLadder::climb() {
  static const LevelShifts shifts;
  constexpr std::size_t half = level_size / 2;
  const auto levels = static_cast<std::size_t>(shape_.levels);
  moments_.assign(levels * level_size, 0.0);
  std::copy_n(total_.begin(), half, moments_.end() - level_size);
  for (std::size_t j = levels; j-- > 0;) {
    double* const level = moments_.data() + j * level_size;
    std::copy_n(total_.begin() + static_cast<std::ptrdiff_t>((levels - j) * half), half, level + half);
    if (j == 0) {
      break;
    }
    for (std::size_t b = 0; b < static_cast<std::size_t>(ladder_bins); ++b) {
      const double* const child = level + b * moments_each;
      if (child[0] != 0) {
        HWY_DYNAMIC_DISPATCH(ShiftMoments)
        (child, b % 2 == 0 ? shifts.near : shifts.far, level - level_size + b / 2 * moments_each);
      }
    }
  }
}

void MomentLadder::same_level(std::int64_t level, std::span<const double> betas, std::span<RestSums> out,
                              std::span<SumErrors> errors) const {
  const double h = shape_.half_width(level);
  double u[8] = {};
  std::transform(betas.begin(), betas.end(), u, [&](double beta) { return beta * h; });
  double results[24];
  HWY_DYNAMIC_DISPATCH(EvaluateLevel)
  (moments_.data() + static_cast<std::size_t>(level) * level_size, u, results);
  for (std::size_t i = 0; i < betas.size(); ++i) {
    const double depth = h * results[8 + i];
    const double deviation = h * std::sqrt(results[16 + i] > 0 ? results[16 + i] : 0);
    out[i] = {results[i], depth > 0 ? depth : 0, deviation * deviation, 0};
    errors[i] = ladder_errors(relative_error_, betas[i], out[i], h, static_cast<double>(count_));
    if (fine_) {
      const SumErrors missing = fine_errors(count_);
      errors[i].log_weight += missing.log_weight;
      errors[i].mean += missing.mean;
      errors[i].variance += missing.variance;
    }
  }
}

void MomentLadder::sums(std::span<const double> betas, std::span<RestSums> out,
                        std::span<SumErrors> errors) const {
  for (std::size_t first = 0; first < betas.size();) {
    const std::int64_t level = level_of(betas[first]);
    std::size_t count = 1;
    while (count < 8 && first + count < betas.size() && level_of(betas[first + count]) == level) {
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
