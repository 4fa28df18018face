// SPDX-License-Identifier: Apache-2.0
// Compiled once per instruction set by kernels.cpp; the guard below is toggled on purpose.
#if defined(TEMPSWEEP_CPU_KERNELS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef TEMPSWEEP_CPU_KERNELS_INL
#undef TEMPSWEEP_CPU_KERNELS_INL
#else
#define TEMPSWEEP_CPU_KERNELS_INL
#endif

#include "backend/cpu/short_exp2.hpp"

#ifndef TEMPSWEEP_CPU_PARTIAL_SUMS
#define TEMPSWEEP_CPU_PARTIAL_SUMS
namespace tempsweep::cpu {

/// Where and how a row's rest is summed.
struct Evaluation {
  double scale = 0;      ///< β·log2 e
  double deepest = 0;    ///< largest depth of the row
  double centre = 0;     ///< the moments are taken about it
  bool squares = false;  ///< whether Σw² is wanted
  bool brief = false;    ///< whether the short polynomial will do (brief_exp2)
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

template <bool brief>
constexpr int degree_of = brief ? brief_exp2::degree : 10;

template <bool brief>
HWY_INLINE V Coefficient(D d, int power) {
  return hn::Set(d, brief ? brief_exp2::coefficients[power] : sum_exp2::coefficients[power]);
}

/// 2^(−y·scale) for y, scale ≥ 0, within 1.5 units of the last place (brief: 2^-34); exactly 0 below 2^-1022.
/// Written for few operations and several vectors side by side: a core with two multiply-add pipes has
/// nothing else to give. \param minus_scale  −scale.  \param limit  1023.25/scale, see exp2_limit().
template <Range range, bool brief = false, std::size_t n>
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
  constexpr int degree = degree_of<brief>;
  for (std::size_t k = 0; k < n; ++k) {
    polynomial[k] = hn::MulAdd(Coefficient<brief>(d, degree), fraction[k], Coefficient<brief>(d, degree - 1));
  }
  for (int power = degree - 2; power >= 0; --power) {
    for (std::size_t k = 0; k < n; ++k) {
      polynomial[k] = hn::MulAdd(polynomial[k], fraction[k], Coefficient<brief>(d, power));
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

/// ((0+4)+(2+6)) + ((1+5)+(3+7)) of each quantity's eight lanes, all quantities at once where a vector has
/// room for four. \param lane  four times eight, in the order of PartialSums.
HWY_INLINE PartialSums FoldLanes(const double* HWY_RESTRICT lane) {
#if HWY_MAX_BYTES >= 32
  const hn::FixedTag<double, 4> d4;
  using V4 = hn::Vec<decltype(d4)>;
  V4 near[4];
  for (std::size_t q = 0; q < 4; ++q) {
    near[q] = hn::Add(hn::Load(d4, lane + 8 * q), hn::Load(d4, lane + 8 * q + 4));
  }
  const auto even_a = hn::InterleaveLower(d4, near[0], near[1]);  // lanes 0 and 2 of two quantities
  const auto even_b = hn::InterleaveLower(d4, near[2], near[3]);
  const auto odd_a = hn::InterleaveUpper(d4, near[0], near[1]);
  const auto odd_b = hn::InterleaveUpper(d4, near[2], near[3]);
  const auto even =
      hn::Add(hn::ConcatLowerLower(d4, even_b, even_a), hn::ConcatUpperUpper(d4, even_b, even_a));
  const auto odd = hn::Add(hn::ConcatLowerLower(d4, odd_b, odd_a), hn::ConcatUpperUpper(d4, odd_b, odd_a));
  HWY_ALIGN double sums[4];
  hn::Store(hn::Add(even, odd), d4, sums);
  return {sums[0], sums[1], sums[2], sums[3]};
#else
  double sums[4];
  for (std::size_t q = 0; q < 4; ++q) {
    const double* const l = lane + 8 * q;
    sums[q] = ((l[0] + l[4]) + (l[2] + l[6])) + ((l[1] + l[5]) + (l[3] + l[7]));
  }
  return {sums[0], sums[1], sums[2], sums[3]};
#endif
}

HWY_INLINE PartialSums Fold(D d, const LaneSums& sums) {
  HWY_ALIGN double lane[4 * static_cast<std::size_t>(sum_lanes)];
  constexpr auto lanes = static_cast<std::size_t>(sum_lanes);
  for (std::size_t k = 0; k < vectors; ++k) {
    hn::Store(sums.weight[k], d, lane + k * vector_lanes);
    hn::Store(sums.first[k], d, lane + lanes + k * vector_lanes);
    hn::Store(sums.second[k], d, lane + 2 * lanes + k * vector_lanes);
    hn::Store(sums.squares[k], d, lane + 3 * lanes + k * vector_lanes);
  }
  return FoldLanes(lane);
}

template <bool with_squares, bool centred, Range range, bool brief>
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
  constexpr std::size_t staged = 8;  // as many as it takes to fill two pipes of latency four
  static_assert(staged % vectors == 0);
  std::int64_t i = 0;
  // Unrolled any further the sums would leave the registers.
#pragma GCC unroll 1
  for (; i + lanes * static_cast<std::int64_t>(staged) <= tokens;
       i += lanes * static_cast<std::int64_t>(staged)) {
    V weight[staged];
    for (std::size_t k = 0; k < staged; ++k) {
      weight[k] = hn::LoadU(d, depths + i + static_cast<std::int64_t>(k) * lanes);
    }
    Exp2<range, brief>(d, minus_scale, limit, weight);
    for (std::size_t k = 0; k < staged; ++k) {
      const auto depth = hn::LoadU(d, depths + i + static_cast<std::int64_t>(k) * lanes);
      Accumulate<with_squares, centred>(depth, weight[k], centre, k % vectors, sums);
    }
  }
  for (std::size_t k = 0; i < tokens; k = (k + 1) % vectors, i += lanes) {
    const auto present = hn::FirstN(d, static_cast<std::size_t>(tokens - i));
    const auto depth = hn::IfThenElseZero(present, hn::LoadU(d, depths + i));
    V weight[1] = {depth};
    Exp2<Range::any, brief>(d, minus_scale, limit, weight);
    Accumulate<with_squares, centred>(depth, hn::IfThenElseZero(present, weight[0]), centre, k, sums);
  }
  return Fold(d, sums);
}

template <bool with_squares, bool centred, bool brief>
HWY_INLINE PartialSums SumBlockInRange(const double* depths, std::int64_t tokens, const Evaluation& at) {
  return exp2_in_range(at.deepest, at.scale)
             ? SumBlock<with_squares, centred, Range::normal, brief>(depths, tokens, at)
             : SumBlock<with_squares, centred, Range::any, brief>(depths, tokens, at);
}

template <bool brief>
HWY_INLINE PartialSums SumBlockAbout(const double* depths, std::int64_t tokens, const Evaluation& at) {
  if (at.centre == 0) {
    return at.squares ? SumBlockInRange<true, false, brief>(depths, tokens, at)
                      : SumBlockInRange<false, false, brief>(depths, tokens, at);
  }
  return at.squares ? SumBlockInRange<true, true, brief>(depths, tokens, at)
                    : SumBlockInRange<false, true, brief>(depths, tokens, at);
}

/// Sums of one block at one β.
inline PartialSums BlockSums(const double* depths, std::int64_t tokens, const Evaluation& at) {
  return at.brief ? SumBlockAbout<true>(depths, tokens, at) : SumBlockAbout<false>(depths, tokens, at);
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
