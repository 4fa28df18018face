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
#ifndef TEMPSWEEP_CPU_COSINES
#define TEMPSWEEP_CPU_COSINES
namespace tempsweep::cpu {

inline constexpr std::size_t octave_row = (octave_nodes + 7) / 8 * 8;

/// cos of node i and coefficient k, coefficients side by side.
struct CosineMatrix {
  ChebyshevTable table = make_chebyshev_table();
  alignas(64) double high[octave_nodes][octave_row] = {};
  alignas(64) double low[octave_nodes][octave_row] = {};

  CosineMatrix() {
    for (int i = 0; i < octave_nodes; ++i) {
      for (int k = 0; k < octave_nodes; ++k) {
        const int place = k * (2 * i + 1) % (4 * octave_nodes);
        high[i][k] = table.cosine[place];
        low[i][k] = table.low[place];
      }
    }
  }
};

}  // namespace tempsweep::cpu
#endif  // TEMPSWEEP_CPU_COSINES

// then what needs its types
#include "backend/cpu/octave-inl.hpp"

#if HWY_ONCE
namespace tempsweep::cpu {
namespace {

HWY_EXPORT(EvaluateOctave);
HWY_EXPORT(MakeCoefficients);

constexpr ChebyshevTable chebyshev = make_chebyshev_table();

}  // namespace

std::uint64_t Expansion::bytes(const MethodChoice& choice, bool keeps) {
  return choice.expands ? MomentLadder::bytes(choice.most_levels, keeps) +
                              choice.octaves.size() * (sizeof(OctaveSeries) + sizeof(int))
                        : 0;
}

void Expansion::clear() {
  ready_ = false;
}

void Expansion::build(const RowScan& scan, const InsertedRow& row, const MethodChoice& choice,
                      InsertScratch& scratch) {
  ladder_.build(scan, row, choice.steepest, scratch, choice.most_levels);
  add_series(choice);
  ready_ = true;
}

void Expansion::begin(const RowScan& scan, const InsertedRow& row, const MethodChoice& choice) {
  ladder_.begin(scan, row, choice.steepest, choice.most_levels);
}

void Expansion::finish(const MethodChoice& choice) {
  ladder_.finish();
  add_series(choice);
  ready_ = true;
}

namespace {

/// The evaluations that the series of some octaves are made from, ordered by the octave that they lie in:
/// those of one octave take the same level of the ladder and go through its loops together.
struct Evaluations {
  std::vector<double> betas;
  std::vector<std::size_t> places;  ///< in [octaves, octave_evaluations]

  explicit Evaluations(const std::vector<int>& octaves) {
    const auto add = [&](std::size_t which, int i) {
      betas.push_back(octave_beta(octaves[which], i, chebyshev.cosine));
      places.push_back(which * octave_evaluations + static_cast<std::size_t>(i));
    };
    if (octaves.empty()) {
      return;
    }
    for (int octave = octaves.front() - 2; octave <= octaves.back() + 1; ++octave) {
      const auto with_series = [&](int number) {
        const auto found = std::lower_bound(octaves.begin(), octaves.end(), number);
        return found != octaves.end() && *found == number ? found - octaves.begin() : -1;
      };
      for (int i = 0; with_series(octave) >= 0 && i < octave_nodes; ++i) {
        add(static_cast<std::size_t>(with_series(octave)), i);
      }
      if (const auto below = with_series(octave - 1); below >= 0) {
        add(static_cast<std::size_t>(below), octave_nodes + 1);  // its right end
      }
      if (const auto above = with_series(octave + 2); above >= 0) {
        add(static_cast<std::size_t>(above), octave_nodes);  // its left end
      }
    }
  }
};

}  // namespace

void Expansion::add_series(const MethodChoice& choice) {
  octaves_.clear();
  std::copy_if(choice.octaves.begin(), choice.octaves.end(), std::back_inserter(octaves_), [&](int octave) {
    return ladder_.serves(octave_beta(octave, octave_nodes + 1, chebyshev.cosine));
  });
  const Evaluations wanted(octaves_);
  std::vector<RestSums> by_beta(wanted.betas.size());
  std::vector<SumErrors> errors_by_beta(wanted.betas.size());
  ladder_.sums(wanted.betas, by_beta, errors_by_beta);
  std::vector<RestSums> sums(by_beta.size());
  std::vector<SumErrors> errors(by_beta.size());
  for (std::size_t k = 0; k < by_beta.size(); ++k) {
    sums[wanted.places[k]] = by_beta[k];
    errors[wanted.places[k]] = errors_by_beta[k];
  }
  series_.resize(octaves_.size());
  static const CosineMatrix cosines;
  for (std::size_t k = 0; k < octaves_.size(); ++k) {
    const std::size_t first = k * octave_evaluations;
    const auto samples =
        octave_samples(octaves_[k], sums.data() + first, errors.data() + first, chebyshev.cosine);
    HWY_DYNAMIC_DISPATCH(MakeCoefficients)(samples, cosines, series_[k]);
    octave_finish(samples, series_[k]);
  }
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
  std::array<double, block_points> betas{};
  std::array<RestSums, block_points> sums{};
  std::array<SumErrors, block_points> errors{};
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
