// SPDX-License-Identifier: Apache-2.0
// Compiled once per instruction set by float_sums.cpp, after kernels-inl.hpp, whose vectors of doubles it
// uses; the guard below is toggled on purpose.
#if defined(TEMPSWEEP_CPU_FLOAT_SUMS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef TEMPSWEEP_CPU_FLOAT_SUMS_INL
#undef TEMPSWEEP_CPU_FLOAT_SUMS_INL
#else
#define TEMPSWEEP_CPU_FLOAT_SUMS_INL
#endif

#ifndef TEMPSWEEP_CPU_FLOAT_CHUNK
#define TEMPSWEEP_CPU_FLOAT_CHUNK
namespace tempsweep::cpu {

/// A piece of a row, narrowed. Behind `tokens` come depths that weigh 0, up to the end of a run; the last
/// vector may be read whole wherever it begins.
struct FloatChunk {
  alignas(64) float high[float_chunk + float_lanes] = {};  ///< depth as float
  alignas(64) float low[float_chunk + float_lanes] = {};   ///< what that left over
  alignas(64) double depth[float_chunk] = {};              ///< the depth itself
  std::int64_t tokens = 0;
};

/// A point's sums in double, by lanes: Σw, Σyw, Σy²w, Σw².
struct FloatLaneSums {
  alignas(64) double lane[4 * sum_lanes] = {};
};

/// One point, ready for its tokens.
struct FloatPoint {
  float minus_scale = 0;
  float minus_scale_low = 0;  ///< what rounding the scale left over
  float limit = 0;            ///< depths from here on weigh 0
  bool in_range = false;      ///< no depth of the row comes near it
  bool squares = false;
};

/// One point, ready to write probabilities.
struct FloatDensity {
  FloatPoint point;
  float coefficients[6] = {};  ///< of 2^f, over g + Z′
  int degree = 5;              ///< or 4
};

}  // namespace tempsweep::cpu
#endif  // TEMPSWEEP_CPU_FLOAT_CHUNK

HWY_BEFORE_NAMESPACE();
namespace tempsweep::cpu::HWY_NAMESPACE {

using F = hn::CappedTag<float, static_cast<std::size_t>(float_lanes)>;
using W = hn::Vec<F>;
using NarrowF = hn::Rebind<float, D>;  // as many floats as a vector has doubles
constexpr std::size_t float_vector_lanes = hn::MaxLanes(F());

/// Narrows what stands in chunk->depth. A depth beyond the largest float becomes that; it weighs 0 all the
/// same.
HWY_INLINE void Narrow(std::int64_t tokens, bool split, FloatChunk* HWY_RESTRICT chunk) {
  const D d;
  const NarrowF df;
  const std::int64_t padded = (tokens + float_run - 1) / float_run * float_run;
  std::fill(chunk->depth + tokens, chunk->depth + padded, static_cast<double>(FLT_MAX));
  const auto most = hn::Set(d, static_cast<double>(FLT_MAX));
  for (std::int64_t i = 0; i < padded; i += static_cast<std::int64_t>(vector_lanes)) {
    const auto depth = hn::Min(hn::Load(d, chunk->depth + i), most);
    const auto high = hn::DemoteTo(df, depth);
    hn::Store(high, df, chunk->high + i);
    if (split) {
      hn::Store(hn::DemoteTo(df, hn::Sub(depth, hn::PromoteTo(d, high))), df, chunk->low + i);
    }
  }
  chunk->tokens = tokens;
}

/// \param split  whether the low halves are wanted.
inline void NarrowDepths(const double* HWY_RESTRICT depths, std::int64_t tokens, bool split,
                         FloatChunk* HWY_RESTRICT chunk) {
  std::copy(depths, depths + tokens, chunk->depth);
  Narrow(tokens, split, chunk);
}

/// How a depth becomes an argument.
enum class Argument : std::uint8_t { rounded, split };

template <Argument argument>
HWY_INLINE W FloatCoefficient(F d, int power) {
  return hn::Set(d, argument == Argument::split ? float_exp2::six[power] : float_exp2::five[power]);
}

/// n = round(−t) in the low bits of `shifted`, and −t − n, of t = depth·scale.
template <Argument argument, Range range>
HWY_INLINE void Reduce(F d, const FloatPoint& at, const float* HWY_RESTRICT high,
                       const float* HWY_RESTRICT low, W& shifted, W& fraction) {
  const auto magic = hn::Set(d, float_exp2::magic);
  const auto minus_scale = hn::Set(d, at.minus_scale);
  const auto limit = hn::Set(d, at.limit);
  const auto loaded = hn::LoadU(d, high);  // probabilities begin where their output is aligned
  const auto depth = range == Range::normal ? loaded : hn::Min(loaded, limit);
  shifted = hn::MulAdd(depth, minus_scale, magic);
  fraction = hn::MulSub(depth, minus_scale, hn::Sub(shifted, magic));
  if constexpr (argument == Argument::split) {
    const auto rest = hn::LoadU(d, low);
    fraction = hn::MulAdd(depth, hn::Set(d, at.minus_scale_low), fraction);
    // Beyond the limit the rest may be anything, and its product, too.
    fraction = hn::MulAdd(range == Range::normal ? rest : hn::IfThenElseZero(hn::Lt(loaded, limit), rest),
                          minus_scale, fraction);
  }
}

/// 2^(−depth·scale) of n vectors whose depths lie `stride` apart.
template <Argument argument, Range range, std::size_t n>
HWY_INLINE void FloatExp2(F d, const FloatPoint& at, const float* HWY_RESTRICT high,
                          const float* HWY_RESTRICT low, std::size_t stride, W (&weight)[n]) {
  W shifted[n];
  W fraction[n];
  W polynomial[n];
  for (std::size_t k = 0; k < n; ++k) {
    Reduce<argument, range>(d, at, high + k * stride, low + k * stride, shifted[k], fraction[k]);
  }
  constexpr int degree = argument == Argument::split ? 6 : 5;
  for (std::size_t k = 0; k < n; ++k) {
    polynomial[k] = hn::MulAdd(FloatCoefficient<argument>(d, degree), fraction[k],
                               FloatCoefficient<argument>(d, degree - 1));
  }
  for (int power = degree - 2; power >= 0; --power) {
    for (std::size_t k = 0; k < n; ++k) {
      polynomial[k] = hn::MulAdd(polynomial[k], fraction[k], FloatCoefficient<argument>(d, power));
    }
  }
  const hn::RebindToSigned<F> di;
  for (std::size_t k = 0; k < n; ++k) {
    const auto exponent = hn::BitCast(di, shifted[k]);
    if constexpr (range == Range::normal) {
      weight[k] = hn::BitCast(d, hn::Add(hn::BitCast(di, polynomial[k]), hn::ShiftLeft<23>(exponent)));
    } else {
      const auto bits = hn::ShiftLeft<23>(hn::Add(exponent, hn::Set(di, 127)));
      weight[k] = hn::Mul(polynomial[k], hn::BitCast(d, bits));
    }
  }
}

/// Sixteen lanes of a run, folded to eight in float, go to the lanes in double.
HWY_INLINE void AddRun(const float* HWY_RESTRICT run, double* HWY_RESTRICT sums) {
  const D d;
  const NarrowF df;
  for (std::size_t k = 0; k < static_cast<std::size_t>(sum_lanes); k += vector_lanes) {
    const auto folded = hn::Add(hn::Load(df, run + k), hn::Load(df, run + k + sum_lanes));
    hn::Store(hn::Add(hn::Load(d, sums + k), hn::PromoteTo(d, folded)), d, sums + k);
  }
}

/// One run of 128 tokens, all in float. Vector by vector of the sixteen lanes, not side by side: their sums
/// together would not fit the registers.
template <Range range, bool with_squares>
HWY_INLINE void AddFloatRun(const float* HWY_RESTRICT depths, const FloatPoint& at,
                            double* HWY_RESTRICT lane) {
  const F d;
  constexpr auto lanes = static_cast<std::size_t>(float_lanes);
  constexpr std::size_t staged = 4;
  alignas(64) float run[4 * lanes];
  for (std::size_t part = 0; part < lanes; part += float_vector_lanes) {
    auto weights = hn::Zero(d);
    auto first = hn::Zero(d);
    auto second = hn::Zero(d);
    auto squares = hn::Zero(d);
#pragma GCC unroll 1
    for (std::size_t i = part; i < static_cast<std::size_t>(float_run); i += staged * lanes) {
      W weight[staged];
      FloatExp2<Argument::rounded, range>(d, at, depths + i, depths + i, lanes, weight);
      for (std::size_t k = 0; k < staged; ++k) {
        const auto depth = hn::Load(d, depths + i + k * lanes);
        const auto weighted = hn::Mul(depth, weight[k]);
        weights = hn::Add(weights, weight[k]);
        first = hn::Add(first, weighted);
        second = hn::MulAdd(weighted, depth, second);
        if constexpr (with_squares) {
          squares = hn::MulAdd(weight[k], weight[k], squares);
        }
      }
    }
    hn::Store(weights, d, run + part);
    hn::Store(first, d, run + lanes + part);
    hn::Store(second, d, run + 2 * lanes + part);
    hn::Store(squares, d, run + 3 * lanes + part);
  }
  for (std::size_t q = 0; q < (with_squares ? 4U : 3U); ++q) {
    AddRun(run + q * lanes, lane + q * static_cast<std::size_t>(sum_lanes));
  }
}

template <Range range, bool with_squares>
HWY_INLINE void AddSingle(const FloatChunk& chunk, const FloatPoint& at, FloatLaneSums& sums) {
#pragma GCC unroll 1
  for (std::int64_t i = 0; i < chunk.tokens; i += float_run) {
    AddFloatRun<range, with_squares>(chunk.high + i, at, sums.lane);
  }
}

/// Weights of the chunk first, then their sums: done together, the chains of the polynomials and of eight
/// sums in double would crowd each other out of the core's window.
template <Range range, bool with_squares>
HWY_INLINE void AddMixed(const FloatChunk& chunk, const FloatPoint& at, FloatLaneSums& sums) {
  const F df;
  const D d;
  const NarrowF narrow;
  constexpr std::size_t staged = 4;
  alignas(64) float weight[float_chunk];
  const auto padded = static_cast<std::size_t>((chunk.tokens + float_run - 1) / float_run * float_run);
#pragma GCC unroll 1
  for (std::size_t i = 0; i < padded; i += staged * float_vector_lanes) {
    W w[staged];
    FloatExp2<Argument::split, range>(df, at, chunk.high + i, chunk.low + i, float_vector_lanes, w);
    for (std::size_t k = 0; k < staged; ++k) {
      hn::Store(w[k], df, weight + i + k * float_vector_lanes);
    }
  }
  LaneSums lanes;
  constexpr auto all = static_cast<std::size_t>(sum_lanes);
  for (std::size_t k = 0; k < vectors; ++k) {
    const double* const from = sums.lane + k * vector_lanes;
    lanes.weight[k] = hn::Load(d, from);
    lanes.first[k] = hn::Load(d, from + all);
    lanes.second[k] = hn::Load(d, from + 2 * all);
    lanes.squares[k] = hn::Load(d, from + 3 * all);
  }
#pragma GCC unroll 1
  for (std::size_t i = 0; i < padded; i += all) {
    for (std::size_t k = 0; k < vectors; ++k) {
      const std::size_t place = i + k * vector_lanes;
      const auto w = hn::PromoteTo(d, hn::Load(narrow, weight + place));
      Accumulate<with_squares, false>(hn::Load(d, chunk.depth + place), w, hn::Zero(d), k, lanes);
    }
  }
  for (std::size_t k = 0; k < vectors; ++k) {
    double* const to = sums.lane + k * vector_lanes;
    hn::Store(lanes.weight[k], d, to);
    hn::Store(lanes.first[k], d, to + all);
    hn::Store(lanes.second[k], d, to + 2 * all);
    hn::Store(lanes.squares[k], d, to + 3 * all);
  }
}

template <Range range, bool with_squares>
HWY_INLINE void AddChunkBy(FloatSums how, const FloatChunk& chunk, const FloatPoint& at,
                           FloatLaneSums& sums) {
  if (how == FloatSums::single) {
    AddSingle<range, with_squares>(chunk, at, sums);
  } else {
    AddMixed<range, with_squares>(chunk, at, sums);
  }
}

/// Adds a chunk to a point's sums.
inline void AddChunk(FloatSums how, const FloatChunk& chunk, const FloatPoint& at, FloatLaneSums* sums) {
  // Padding weighs 0 by way of the limit.
  if (at.in_range && chunk.tokens % float_run == 0) {
    at.squares ? AddChunkBy<Range::normal, true>(how, chunk, at, *sums)
               : AddChunkBy<Range::normal, false>(how, chunk, at, *sums);
  } else {
    at.squares ? AddChunkBy<Range::any, true>(how, chunk, at, *sums)
               : AddChunkBy<Range::any, false>(how, chunk, at, *sums);
  }
}

inline PartialSums FoldFloatLanes(const FloatLaneSums& sums) {
  return FoldLanes(sums.lane);
}

}  // namespace tempsweep::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif  // include guard
