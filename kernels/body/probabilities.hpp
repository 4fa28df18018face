// SPDX-License-Identifier: Apache-2.0
// Whole distributions. Bound by memory (4 or 2 bytes written, 8 read a token and temperature, the read from
// cache) and by the FP64 pipe (15 operations) about alike: in double, so that f32 values have the bits of
// the CPU backend; log16 codes also take a logarithm, which may be another library's. Distance: not run yet
// (docs/gpu-status.md). At loose tolerances float_probabilities.hpp takes over.
#pragma once

#include <cfloat>

#include "tempsweep/math/log16.hpp"
#include "tempsweep/math/rest_sums.hpp"

#include "kernels/arguments/points.hpp"
#include "kernels/body/intrinsics.hpp"

namespace tempsweep::kernels {

/// One point, ready for its tokens.
struct Density {
  const Law& law;
  double scale, limit, factor;
  float share;  ///< of each tied top in the limit T → 0

  TEMPSWEEP_HD explicit Density(const Law& of)
      : law(of),
        scale(sum_scale(of.beta)),
        limit(exp2_limit(scale)),
        factor(1 / of.total()),
        share(static_cast<float>(1.0 / of.ties)) {}

  /// 0 for a masked token and below the smallest normal float.
  [[nodiscard]] TEMPSWEEP_HD float probability(double logit) const {
    if (law.zero_limit) {
      return logit == law.maximum ? share : 0.0F;
    }
    const double gap = law.maximum - logit;
    const double depth = gap < DBL_MAX ? gap : DBL_MAX;
    const double weight = logit == -ieee::infinity ? 0.0 : exp2_minus<false>(depth, -scale, limit);
    const double p = weight * factor;
    return p >= static_cast<double>(FLT_MIN) ? static_cast<float>(p) : 0.0F;
  }

  [[nodiscard]] TEMPSWEEP_HD std::uint16_t log16(double logit) const {
    const double depth = law.maximum - logit;
    const bool impossible = depth == ieee::infinity || (law.zero_limit && depth > 0);
    return log16_code(law.shifted_log_partition + (impossible ? ieee::infinity : law.beta * depth));
  }
};

/// The two formats of the output.
struct AsF32 {
  using Value = float;
  TEMPSWEEP_DEVICE static float* base(const Probabilities& a) { return a.probability; }
  TEMPSWEEP_DEVICE static float of(const Density& density, double logit) {
    return density.probability(logit);
  }
  TEMPSWEEP_DEVICE static float fill() { return __builtin_nanf(""); }
};

struct AsLog16 {
  using Value = std::uint16_t;
  TEMPSWEEP_DEVICE static std::uint16_t* base(const Probabilities& a) { return a.log16; }
  TEMPSWEEP_DEVICE static std::uint16_t of(const Density& density, double logit) {
    return density.log16(logit);
  }
  TEMPSWEEP_DEVICE static std::uint16_t fill() { return log16_fill; }
};

/// A slice whose output is a run of tokens: 16 bytes a store where the rows allow it.
template <class Format, class Block>
TEMPSWEEP_DEVICE void write_run(Block& block, const Probabilities& a, const Density& density, bool sound,
                                const double* logits, std::int64_t begin, std::int64_t end,
                                typename Format::Value* out) {
  using Value = typename Format::Value;
  constexpr int width = Vector<Value>::size;
  const bool aligned = a.tokens % width == 0;
  const int step = aligned ? width : 1;
  for (std::int64_t i = begin + step * block.thread(); i < end; i += step * block.threads()) {
    if (!aligned) {
      out[i] = sound && i < a.columns ? Format::of(density, logits[i]) : Format::fill();
      continue;
    }
    Vector<Value> values{};
    for (int k = 0; k < width; k += Vector<double>::size) {
      const bool inside = sound && i + k < a.columns;
      const Vector<double> pair = inside ? load_vector(logits + i + k) : Vector<double>{};
      for (int j = 0; j < Vector<double>::size; ++j) {
        values.lane[k + j] =
            sound && i + k + j < a.columns ? Format::of(density, pair.lane[j]) : Format::fill();
      }
    }
    store_vector(out + i, values);
  }
}

/// A slice of a vocabulary by rank: its tokens lie scattered, the fill between them is there already.
template <class Format, class Block>
TEMPSWEEP_DEVICE void write_scattered(Block& block, const Probabilities& a, const Density& density,
                                      std::int64_t row, std::int64_t begin, std::int64_t end,
                                      typename Format::Value* out) {
  for (std::int64_t i = begin + block.thread(); i < least(end, a.columns); i += block.threads()) {
    out[a.token[row * a.stride + i]] = Format::of(density, a.logits[row * a.stride + i]);
  }
}

template <class Format, class Block>
TEMPSWEEP_DEVICE void write_points(Block& block, const Probabilities& a) {
  for (std::int64_t item = block.index(); item < a.points * a.slices(); item += block.count()) {
    const std::int64_t point = a.first + item / a.slices();
    const std::int64_t row = point / a.temperatures;
    const std::int64_t begin = item % a.slices() * Probabilities::slice;
    const std::int64_t end = least(begin + Probabilities::slice, a.tokens);
    const bool sound = a.scans[row].status == RowStatus::ok;
    const Density density(a.laws[point]);
    typename Format::Value* const out = Format::base(a) + (point - a.first) * a.tokens;
    if (a.token == nullptr) {
      write_run<Format>(block, a, density, sound, a.logits + row * a.stride, begin, end, out);
    } else if (sound) {
      write_scattered<Format>(block, a, density, row, begin, end, out);
    }
  }
}

[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const Probabilities&) {
  return 0;
}
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const Probabilities& a) {
  return a.points * a.slices();
}

template <class Block>
TEMPSWEEP_DEVICE void run(Block& block, const Probabilities& a) {
  if (a.probability != nullptr) {
    write_points<AsF32>(block, a);
  } else {
    write_points<AsLog16>(block, a);
  }
}

template <class T>
[[nodiscard]] TEMPSWEEP_HD constexpr std::size_t shared_bytes(const Fill<T>&) {
  return 0;
}
template <class T>
[[nodiscard]] TEMPSWEEP_HD constexpr std::int64_t blocks(const Fill<T>& a) {
  return pieces(a.count, Fill<T>::threads);
}

template <class Block, class T>
TEMPSWEEP_DEVICE void run(Block& block, const Fill<T>& a) {
  for (std::int64_t i = block.index() * block.threads() + block.thread(); i < a.count;
       i += block.count() * block.threads()) {
    a.out[i] = a.value;
  }
}

}  // namespace tempsweep::kernels
