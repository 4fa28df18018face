// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/expansion.hpp"

#include <algorithm>
#include <array>

#include "tempsweep/math/chebyshev_table.hpp"

#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "backend/cpu/expansion.cpp"
#include <hwy/foreach_target.h>
// foreach_target comes first
#include <hwy/highway.h>
// then what needs its types
#include "backend/cpu/octave-inl.hpp"

#if HWY_ONCE
namespace tempsweep::cpu {
namespace {

HWY_EXPORT(EvaluateOctave);

constexpr ChebyshevTable chebyshev = make_chebyshev_table();

}  // namespace

std::uint64_t Expansion::bytes(const MethodChoice& choice, double spread) {
  if (!choice.expands) {
    return 0;
  }
  return MomentLadder::bytes(make_ladder_shape(spread, choice.steepest).levels) +
         choice.octaves.size() * (sizeof(OctaveSeries) + sizeof(int));
}

void Expansion::clear() {
  ready_ = false;
}

void Expansion::build(const double* depths, std::int64_t count, double deepest, const MethodChoice& choice,
                      BinStore& scratch) {
  ladder_.build(depths, count, deepest, choice.steepest, scratch);
  octaves_.clear();
  series_.clear();
  for (const int octave : choice.octaves) {
    add_octave(octave);
  }
  ready_ = true;
}

void Expansion::add_octave(int octave) {
  std::array<double, octave_evaluations> betas{};
  for (int i = 0; i < octave_evaluations; ++i) {
    betas[static_cast<std::size_t>(i)] = octave_beta(octave, i, chebyshev.cosine);
  }
  if (!ladder_.serves(betas.back())) {
    return;
  }
  std::array<RestSums, octave_evaluations> sums{};
  std::array<SumErrors, octave_evaluations> errors{};
  ladder_.sums(betas, sums, errors);
  OctaveSeries series;
  make_octave_series(octave, sums.data(), errors.data(), chebyshev.cosine, chebyshev.low, series);
  octaves_.push_back(octave);
  series_.push_back(series);
}

void Expansion::interpolate(SumBlock& block, std::size_t count) const {
  const auto series_of = [&](std::size_t i) {
    const double beta = block.beta[i];
    const bool ordinary = beta > 0x1p-1000 && beta < 0x1p1000;
    const auto found =
        ordinary ? std::lower_bound(octaves_.begin(), octaves_.end(), octave_of(beta)) : octaves_.end();
    return found != octaves_.end() && *found == octave_of(beta) ? found - octaves_.begin() : -1;
  };
  for (std::size_t first = 0; first < count;) {
    const auto which = series_of(first);
    std::size_t last = first + 1;
    if (which >= 0) {
      const auto place = static_cast<std::size_t>(which);
      const double begin = octave_begin(octaves_[place]);
      while (last < count && block.beta[last] >= begin && block.beta[last] < 2 * begin) {
        ++last;
      }
      HWY_DYNAMIC_DISPATCH(EvaluateOctave)(series_[place], begin, first, last, block);
      std::fill(block.origin + first, block.origin + last, Origin::interpolation);
    }
    first = last;
  }
}

void Expansion::expand(SumBlock& block, std::span<const std::size_t> points) const {
  std::array<double, block_points> betas;
  std::array<RestSums, block_points> sums;
  std::array<SumErrors, block_points> errors;
  const std::size_t count = points.size();
  for (std::size_t i = 0; i < count; ++i) {
    betas[i] = block.beta[points[i]];
  }
  ladder_.sums(std::span(betas).first(count), std::span(sums).first(count), std::span(errors).first(count));
  for (std::size_t i = 0; i < count; ++i) {
    block.set(points[i], sums[i], errors[i], Origin::expansion);
  }
}

}  // namespace tempsweep::cpu
#endif  // HWY_ONCE
