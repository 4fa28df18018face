// SPDX-License-Identifier: Apache-2.0
// Compiled once per instruction set by probabilities.cpp, after kernels-inl.hpp and float_sums-inl.hpp; the
// guard below is toggled on purpose.
#if defined(TEMPSWEEP_CPU_PROBABILITIES_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef TEMPSWEEP_CPU_PROBABILITIES_INL
#undef TEMPSWEEP_CPU_PROBABILITIES_INL
#else
#define TEMPSWEEP_CPU_PROBABILITIES_INL
#endif

HWY_BEFORE_NAMESPACE();
namespace tempsweep::cpu::HWY_NAMESPACE {

/// Floats before the first place that a streaming store of `lanes` floats may go to.
HWY_INLINE std::int64_t ToAlignment(const float* out, std::size_t lanes) {
  const auto place = reinterpret_cast<std::uintptr_t>(out) / sizeof(float) % lanes;
  return static_cast<std::int64_t>((lanes - place) % lanes);
}

template <Stores stores, class DF>
HWY_INLINE void Put(hn::Vec<DF> values, DF df, float* HWY_RESTRICT out) {
  if constexpr (stores == Stores::streaming) {
    hn::Stream(values, df, out);
  } else {
    hn::StoreU(values, df, out);
  }
}

/// Writes out[0, count) in vectors of DF: `make(first, n vectors)` gives those of the tokens from `first` on.
/// With streaming stores what lies before the first aligned place and behind the last is stored as usual.
template <Stores stores, std::size_t staged, class DF, class Make>
HWY_INLINE void WriteRun(DF df, std::int64_t count, float* HWY_RESTRICT out, const Make& make) {
  constexpr std::size_t lanes = hn::MaxLanes(DF());
  constexpr auto step = static_cast<std::int64_t>(lanes);
  const auto part = [&](std::int64_t first, std::int64_t tokens) HWY_ATTR {
    HWY_ALIGN float values[lanes];
    hn::Vec<DF> vector[1];
    make(first, vector);
    hn::Store(vector[0], df, values);
    std::copy(values, values + tokens, out + first);
  };
  std::int64_t i = 0;
  if (stores == Stores::streaming) {
    i = std::min(count, ToAlignment(out, lanes));
    if (i > 0) {
      part(0, i);
    }
  }
#pragma GCC unroll 1
  for (; i + step * static_cast<std::int64_t>(staged) <= count;
       i += step * static_cast<std::int64_t>(staged)) {
    hn::Vec<DF> vector[staged];
    make(i, vector);
    for (std::size_t k = 0; k < staged; ++k) {
      Put<stores>(vector[k], df, out + i + static_cast<std::int64_t>(k * lanes));
    }
  }
  for (; i + step <= count; i += step) {
    hn::Vec<DF> vector[1];
    make(i, vector);
    Put<stores>(vector[0], df, out + i);
  }
  if (i < count) {
    part(i, count - i);
  }
}

/// In double, rounded once. \tparam plain  no token is masked, and none weighs less than a normal float.
template <bool plain, Stores stores>
HWY_INLINE void ExactRow(const ProbabilityRow& row, const ProbabilityPoint& point) {
  const D d;
  const NarrowF df;
  const double scale = sum_scale(point.beta);
  const auto top = hn::Set(d, row.maximum);
  const auto minus_scale = hn::Set(d, -scale);
  const auto limit = hn::Set(d, exp2_limit(scale));
  const auto factor = hn::Set(d, 1 / point.total);
  const auto make = [&](std::int64_t first, auto& out) HWY_ATTR {
    constexpr std::size_t n = sizeof(out) / sizeof(out[0]);
    V weight[n];
    for (std::size_t k = 0; k < n; ++k) {
      const std::int64_t place = first + static_cast<std::int64_t>(k * vector_lanes);
      const auto logits = n > 1 ? hn::LoadU(d, row.logits + place) : LoadRow(d, row.logits, place, row.count);
      weight[k] = hn::Sub(top, logits);
      weight[k] = plain ? weight[k] : hn::Min(weight[k], hn::Set(d, DBL_MAX));
    }
    Exp2<plain ? Range::normal : Range::any>(d, minus_scale, limit, weight);
    for (std::size_t k = 0; k < n; ++k) {
      auto p = hn::Mul(weight[k], factor);
      if constexpr (!plain) {
        const std::int64_t place = first + static_cast<std::int64_t>(k * vector_lanes);
        const auto present = hn::Gt(LoadRow(d, row.logits, place, row.count), hn::Set(d, -HUGE_VAL));
        const auto normal = hn::Ge(p, hn::Set(d, static_cast<double>(FLT_MIN)));
        p = hn::IfThenElseZero(hn::And(present, normal), p);
      }
      out[k] = hn::DemoteTo(df, p);
    }
  };
  WriteRun<stores, 8>(df, row.count, point.out, make);
}

inline void ExactProbabilities(const ProbabilityRow& row, const ProbabilityPoint& point, Stores stores) {
  const bool plain = !row.masked && row.deepest * sum_scale(point.beta) + std::log2(point.total) <= 125;
  if (stores == Stores::streaming) {
    plain ? ExactRow<true, Stores::streaming>(row, point) : ExactRow<false, Stores::streaming>(row, point);
  } else {
    plain ? ExactRow<true, Stores::cached>(row, point) : ExactRow<false, Stores::cached>(row, point);
  }
}

/// The depths below the maximum of a piece of a row; masked tokens lie at the largest float.
inline void NarrowLogits(const double* HWY_RESTRICT logits, std::int64_t tokens, double maximum,
                         FloatChunk* HWY_RESTRICT chunk) {
  const D d;
  const auto top = hn::Set(d, maximum);
  constexpr auto step = static_cast<std::int64_t>(vector_lanes);
  for (std::int64_t i = 0; i < tokens; i += step) {
    hn::Store(hn::Sub(top, LoadRow(d, logits, i, tokens)), d, chunk->depth + i);
  }
  Narrow(tokens, true, chunk);
}

/// The polynomial's coefficients carry the factor 1/total, so that nothing is left to multiply.
template <int degree, Range range, Stores stores>
HWY_INLINE void FloatRow(const FloatChunk& chunk, const FloatDensity& density, float* HWY_RESTRICT out) {
  const F d;
  const hn::RebindToSigned<F> di;
  const auto make = [&](std::int64_t first, auto& p) HWY_ATTR {
    constexpr std::size_t n = sizeof(p) / sizeof(p[0]);
    W shifted[n];
    W fraction[n];
    for (std::size_t k = 0; k < n; ++k) {
      const std::int64_t place = first + static_cast<std::int64_t>(k * float_vector_lanes);
      Reduce<Argument::split, range>(d, density.point, chunk.high + place, chunk.low + place, shifted[k],
                                     fraction[k]);
    }
    for (std::size_t k = 0; k < n; ++k) {
      p[k] = hn::MulAdd(hn::Set(d, density.coefficients[degree]), fraction[k],
                        hn::Set(d, density.coefficients[degree - 1]));
    }
    for (int power = degree - 2; power >= 0; --power) {
      for (std::size_t k = 0; k < n; ++k) {
        p[k] = hn::MulAdd(p[k], fraction[k], hn::Set(d, density.coefficients[power]));
      }
    }
    for (std::size_t k = 0; k < n; ++k) {
      const auto exponent = hn::ShiftLeft<23>(hn::BitCast(di, shifted[k]));
      p[k] = hn::BitCast(d, hn::Add(hn::BitCast(di, p[k]), exponent));
      if constexpr (range == Range::any) {
        const std::int64_t place = first + static_cast<std::int64_t>(k * float_vector_lanes);
        const auto counts = hn::Lt(hn::LoadU(d, chunk.high + place), hn::Set(d, density.point.limit));
        p[k] = hn::IfThenElseZero(counts, p[k]);
      }
    }
  };
  WriteRun<stores, 8>(d, chunk.tokens, out, make);
}

template <int degree, Stores stores>
HWY_INLINE void FloatRowInRange(const FloatChunk& chunk, const FloatDensity& density,
                                float* HWY_RESTRICT out) {
  density.point.in_range ? FloatRow<degree, Range::normal, stores>(chunk, density, out)
                         : FloatRow<degree, Range::any, stores>(chunk, density, out);
}

inline void FloatProbabilities(const FloatChunk& chunk, const FloatDensity& density, Stores stores,
                               float* HWY_RESTRICT out) {
  const bool five = density.degree == 5;
  if (stores == Stores::streaming) {
    five ? FloatRowInRange<5, Stores::streaming>(chunk, density, out)
         : FloatRowInRange<4, Stores::streaming>(chunk, density, out);
  } else {
    five ? FloatRowInRange<5, Stores::cached>(chunk, density, out)
         : FloatRowInRange<4, Stores::cached>(chunk, density, out);
  }
}

inline void StreamingFill(float* HWY_RESTRICT out, std::int64_t count, float value) {
  const F d;
  const auto values = hn::Set(d, value);
  WriteRun<Stores::streaming, 4>(
      d, count, out, [&](std::int64_t, auto& p) HWY_ATTR { std::fill(std::begin(p), std::end(p), values); });
}

}  // namespace tempsweep::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif  // include guard
