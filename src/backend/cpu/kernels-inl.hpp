// SPDX-License-Identifier: Apache-2.0
// Compiled once per instruction set by kernels.cpp; the guard below is toggled on purpose.
#if defined(TEMPSWEEP_CPU_KERNELS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef TEMPSWEEP_CPU_KERNELS_INL
#undef TEMPSWEEP_CPU_KERNELS_INL
#else
#define TEMPSWEEP_CPU_KERNELS_INL
#endif

#ifndef TEMPSWEEP_CPU_PARTIAL_SUMS
#define TEMPSWEEP_CPU_PARTIAL_SUMS
namespace tempsweep::cpu {

/// Where and how a row's rest is summed.
struct Evaluation {
  double scale = 0;      ///< β·log2 e
  double deepest = 0;    ///< largest depth of the row
  double centre = 0;     ///< the moments are taken about it
  bool squares = false;  ///< whether Σw² is wanted
};

}  // namespace tempsweep::cpu
#endif  // TEMPSWEEP_CPU_PARTIAL_SUMS

HWY_BEFORE_NAMESPACE();
namespace tempsweep::cpu::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<double, sum_lanes>;
using V = hn::Vec<D>;
constexpr std::size_t vector_lanes = hn::MaxLanes(D());
constexpr std::size_t vectors = static_cast<std::size_t>(sum_lanes) / vector_lanes;

/// How the powers of two may be made.
enum class Range : std::uint8_t {
  normal,  ///< y·scale ≤ 1021 everywhere: the exponent is added to the polynomial's bits
  any,     ///< deeper lanes give exactly 0
};

/// 2^(−y·scale) for y, scale ≥ 0, within 1.5 units of the last place; exactly 0 below 2^-1022. Written for
/// few operations and several vectors side by side: a core with two multiply-add pipes has nothing else to
/// give. \param minus_scale  −scale.  \param limit  1023.25/scale, see exp2_limit().
template <Range range, std::size_t n>
HWY_INLINE void Exp2(D d, V minus_scale, V limit, V (&y)[n]) {
  const auto magic = hn::Set(d, sum_exp2::magic);
  V shifted[n];
  V fraction[n];
  V polynomial[n];
  for (std::size_t k = 0; k < n; ++k) {
    const auto depth = range == Range::normal ? y[k] : hn::Min(y[k], limit);
    shifted[k] = hn::MulAdd(depth, minus_scale, magic);
    fraction[k] = hn::MulSub(depth, minus_scale, hn::Sub(shifted[k], magic));
  }
  for (std::size_t k = 0; k < n; ++k) {
    polynomial[k] = hn::MulAdd(hn::Set(d, sum_exp2::coefficients[10]), fraction[k],
                               hn::Set(d, sum_exp2::coefficients[9]));
  }
  for (int power = 8; power >= 0; --power) {
    for (std::size_t k = 0; k < n; ++k) {
      polynomial[k] = hn::MulAdd(polynomial[k], fraction[k], hn::Set(d, sum_exp2::coefficients[power]));
    }
  }
  const hn::RebindToSigned<D> di;
  for (std::size_t k = 0; k < n; ++k) {
    const auto exponent = hn::BitCast(di, shifted[k]);
    if constexpr (range == Range::normal) {
      y[k] = hn::BitCast(d, hn::Add(hn::BitCast(di, polynomial[k]), hn::ShiftLeft<52>(exponent)));
    } else {
      const auto bits = hn::ShiftLeft<52>(hn::Add(exponent, hn::Set(di, 1023)));
      y[k] = hn::Mul(polynomial[k], hn::BitCast(d, bits));
    }
  }
}

struct LaneSums {
  V weight[vectors];
  V first[vectors];
  V second[vectors];
  V squares[vectors];
};

template <bool with_squares, bool centred>
HWY_INLINE void Accumulate(V depth, V weight, V centre, std::size_t k, LaneSums& sums) {
  const auto offset = centred ? hn::Sub(depth, centre) : depth;
  const auto weighted = hn::Mul(offset, weight);  // first: a weight of 0 silences any depth
  sums.weight[k] = hn::Add(sums.weight[k], weight);
  sums.first[k] = hn::Add(sums.first[k], weighted);
  sums.second[k] = hn::MulAdd(weighted, offset, sums.second[k]);
  if constexpr (with_squares) {
    sums.squares[k] = hn::MulAdd(weight, weight, sums.squares[k]);
  }
}

HWY_INLINE double Fold(D d, const V (&lanes)[vectors]) {
  HWY_ALIGN double lane[static_cast<std::size_t>(sum_lanes)];
  for (std::size_t k = 0; k < vectors; ++k) {
    hn::Store(lanes[k], d, lane + k * vector_lanes);
  }
  return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

template <bool with_squares, bool centred, Range range>
HWY_INLINE PartialSums SumBlock(const double* HWY_RESTRICT depths, std::int64_t tokens,
                                const Evaluation& at) {
  const D d;
  LaneSums sums;
  for (std::size_t k = 0; k < vectors; ++k) {
    sums.weight[k] = sums.first[k] = sums.second[k] = sums.squares[k] = hn::Zero(d);
  }
  const auto minus_scale = hn::Set(d, -at.scale);
  const auto limit = hn::Set(d, exp2_limit(at.scale));
  const auto centre = hn::Set(d, at.centre);
  constexpr auto lanes = static_cast<std::int64_t>(vector_lanes);
  constexpr std::size_t staged = 4 * vectors;
  std::int64_t i = 0;
  for (; i + lanes * static_cast<std::int64_t>(staged) <= tokens;
       i += lanes * static_cast<std::int64_t>(staged)) {
    V weight[staged];
    for (std::size_t k = 0; k < staged; ++k) {
      weight[k] = hn::LoadU(d, depths + i + static_cast<std::int64_t>(k) * lanes);
    }
    Exp2<range>(d, minus_scale, limit, weight);
    for (std::size_t k = 0; k < staged; ++k) {
      const auto depth = hn::LoadU(d, depths + i + static_cast<std::int64_t>(k) * lanes);
      Accumulate<with_squares, centred>(depth, weight[k], centre, k % vectors, sums);
    }
  }
  for (std::size_t k = 0; i < tokens; k = (k + 1) % vectors, i += lanes) {
    const auto present = hn::FirstN(d, static_cast<std::size_t>(tokens - i));
    const auto depth = hn::IfThenElseZero(present, hn::LoadU(d, depths + i));
    V weight[1] = {depth};
    Exp2<Range::any>(d, minus_scale, limit, weight);
    Accumulate<with_squares, centred>(depth, hn::IfThenElseZero(present, weight[0]), centre, k, sums);
  }
  return {Fold(d, sums.weight), Fold(d, sums.first), Fold(d, sums.second),
          with_squares ? Fold(d, sums.squares) : 0.0};
}

template <bool with_squares, bool centred>
HWY_INLINE PartialSums SumBlockInRange(const double* depths, std::int64_t tokens, const Evaluation& at) {
  return exp2_in_range(at.deepest, at.scale)
             ? SumBlock<with_squares, centred, Range::normal>(depths, tokens, at)
             : SumBlock<with_squares, centred, Range::any>(depths, tokens, at);
}

/// Sums of one block at one β.
inline PartialSums BlockSums(const double* depths, std::int64_t tokens, const Evaluation& at) {
  if (at.centre == 0) {
    return at.squares ? SumBlockInRange<true, false>(depths, tokens, at)
                      : SumBlockInRange<false, false>(depths, tokens, at);
  }
  return at.squares ? SumBlockInRange<true, true>(depths, tokens, at)
                    : SumBlockInRange<false, true>(depths, tokens, at);
}

struct Density {
  V top;
  V minus_scale;
  V limit;
  V factor;
};

/// p of each lane as float; masked tokens and results below the smallest normal float are 0.
HWY_INLINE hn::Vec<hn::Rebind<float, D>> Density32(D d, V logits, const Density& density) {
  const auto depth = hn::Min(hn::Sub(density.top, logits), hn::Set(d, DBL_MAX));
  const auto masked = hn::Eq(logits, hn::Set(d, -HUGE_VAL));
  V weight[1] = {depth};
  Exp2<Range::any>(d, density.minus_scale, density.limit, weight);
  const auto p = hn::Mul(hn::IfThenZeroElse(masked, weight[0]), density.factor);
  const auto normal = hn::Ge(p, hn::Set(d, static_cast<double>(FLT_MIN)));
  return hn::DemoteTo(hn::Rebind<float, D>(), hn::IfThenElseZero(normal, p));
}

inline void Probabilities(const double* HWY_RESTRICT logits, std::int64_t count, double maximum, double scale,
                          double inverse_total, float* HWY_RESTRICT out) {
  const D d;
  const hn::Rebind<float, D> df;
  const Density density{hn::Set(d, maximum), hn::Set(d, -scale), hn::Set(d, exp2_limit(scale)),
                        hn::Set(d, inverse_total)};
  const auto step = static_cast<std::int64_t>(vector_lanes);
  std::int64_t i = 0;
  for (; i + step <= count; i += step) {
    hn::StoreU(Density32(d, hn::LoadU(d, logits + i), density), df, out + i);
  }
  if (i < count) {
    HWY_ALIGN double last[vector_lanes] = {};
    HWY_ALIGN float narrow[vector_lanes];
    for (std::int64_t j = i; j < count; ++j) {
      last[j - i] = logits[j];
    }
    hn::Store(Density32(d, hn::Load(d, last), density), df, narrow);
    for (std::int64_t j = i; j < count; ++j) {
      out[j] = narrow[j - i];
    }
  }
}

/// Ten independent chains of multiply-adds, as many as two pipes of five cycles can hold. \returns how many
/// were done.
inline double MultiplyAdds(std::int64_t rounds, double* sink) {
  const D d;
  constexpr std::size_t chains = 10;
  V chain[chains];
  for (std::size_t k = 0; k < chains; ++k) {
    chain[k] = hn::Set(d, static_cast<double>(k));
  }
  const auto factor = hn::Set(d, 0.999);
  const auto term = hn::Set(d, 1e-3 + *sink * 0);
  for (std::int64_t i = 0; i < rounds; ++i) {
    for (auto& link : chain) {
      link = hn::MulAdd(link, factor, term);
    }
  }
  for (std::size_t k = 1; k < chains; ++k) {
    chain[0] = hn::Add(chain[0], chain[k]);
  }
  *sink = hn::GetLane(chain[0]);
  return static_cast<double>(rounds) * chains * vector_lanes;
}

}  // namespace tempsweep::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif  // include guard
