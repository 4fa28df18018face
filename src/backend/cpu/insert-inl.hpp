// SPDX-License-Identifier: Apache-2.0
// Tokens into the leaves of a moment ladder. Compiled once per instruction set by ladder.cpp, after
// kernels-inl.hpp, whose vector types it uses; the guard below is toggled on purpose.
//
// The bound: a token's powers, and one addition of them to its leaf in memory. Eight doubles are loaded,
// added and stored: two stores of 32 bytes, two cycles on a core that stores 32 bytes a cycle.
#if defined(TEMPSWEEP_CPU_INSERT_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef TEMPSWEEP_CPU_INSERT_INL
#undef TEMPSWEEP_CPU_INSERT_INL
#else
#define TEMPSWEEP_CPU_INSERT_INL
#endif

HWY_BEFORE_NAMESPACE();
namespace tempsweep::cpu::HWY_NAMESPACE {

using DI = hn::RebindToSigned<D>;
using D4 = hn::CappedTag<double, 4>;

/// leaf_place() of each token, for 64·2^finer leaves an octave.
template <int finer>
HWY_INLINE void FindLeaves(const double* HWY_RESTRICT depths, std::int64_t count, double scale,
                           std::int64_t* HWY_RESTRICT leaf, double* HWY_RESTRICT place) {
  const D d;
  const DI di;
  constexpr auto step = static_cast<std::int64_t>(vector_lanes);
  constexpr int bits_taken = 6 + finer;
  constexpr int mantissa_below = 52 - bits_taken;
  const auto factor = hn::Set(d, scale);
  const auto linear_end = hn::Set(d, static_cast<double>(1 << bits_taken));
  const auto origin = hn::Set(di, (std::int64_t{1023 + bits_taken} << bits_taken) - (1 << bits_taken));
  const auto low_bits = hn::Set(di, (std::int64_t{1} << mantissa_below) - 1);
  const auto one_bits = hn::Set(di, std::int64_t{1023} << 52);
  const auto one = hn::Set(d, 1.0);
  const auto two = hn::Set(d, 2.0);
  for (std::int64_t i = 0; i < count; i += step) {
    const auto z = hn::Mul(hn::LoadU(d, depths + i), factor);
    const auto bits = hn::BitCast(di, z);
    const auto octave_leaf = hn::Sub(hn::ShiftRight<mantissa_below>(bits), origin);
    const auto fraction =
        hn::BitCast(d, hn::Or(hn::ShiftLeft<bits_taken>(hn::And(bits, low_bits)), one_bits));
    const auto whole = hn::Floor(z);
    const auto linear = hn::Lt(z, linear_end);
    const auto octave_place = hn::NegMulAdd(two, hn::Sub(fraction, one), one);
    const auto linear_place = hn::NegMulAdd(two, hn::Sub(z, whole), one);
    const auto linear_leaf = hn::ConvertTo(di, whole);
    hn::StoreU(hn::IfThenElse(hn::RebindMask(di, linear), linear_leaf, octave_leaf), di, leaf + i);
    hn::StoreU(hn::IfThenElse(linear, linear_place, octave_place), d, place + i);
  }
}

/// moments[0 … 15] += t^0 … t^15: lanes are powers, so the vector width does not show.
HWY_INLINE void AddPowers(double t, double* HWY_RESTRICT moments) {
  const D d;
  HWY_ALIGN static constexpr double exponent[8] = {0, 1, 2, 3, 4, 5, 6, 7};
  const double t2 = t * t;
  const double t4 = t2 * t2;
  const auto t8 = hn::Set(d, t4 * t4);
  const auto one = hn::Set(d, 1.0);
  for (std::size_t k = 0; k < 8; k += vector_lanes) {
    const DI di;
    const auto n = hn::ConvertTo(di, hn::Load(d, exponent + k));
    const auto bit = [&](std::int64_t b) {
      return hn::RebindMask(d, hn::Eq(hn::And(n, hn::Set(di, b)), hn::Set(di, b)));
    };
    auto power = hn::IfThenElse(bit(1), hn::Set(d, t), one);
    power = hn::Mul(power, hn::IfThenElse(bit(2), hn::Set(d, t2), one));
    power = hn::Mul(power, hn::IfThenElse(bit(4), hn::Set(d, t4), one));
    hn::StoreU(hn::Add(hn::LoadU(d, moments + k), power), d, moments + k);
    hn::StoreU(hn::MulAdd(power, t8, hn::LoadU(d, moments + 8 + k)), d, moments + 8 + k);
  }
}

constexpr std::int64_t insert_batch = 512;

/// Tokens into leaves, sixteen moments each.
inline void InsertTokens(const double* HWY_RESTRICT depths, std::int64_t count, double scale,
                         BinStore& store) {
  HWY_ALIGN std::int64_t leaf[insert_batch + 8];
  HWY_ALIGN double place[insert_batch + 8];
  for (std::int64_t first = 0; first < count; first += insert_batch) {
    const std::int64_t tokens = std::min(insert_batch, count - first);
    FindLeaves<0>(depths + first, tokens, scale, leaf, place);
    for (std::int64_t i = 0; i < tokens; ++i) {
      const auto l = static_cast<std::size_t>(leaf[i]);
      AddPowers(place[i], store.run(l));
      store.added(l);
    }
  }
}

/// Part q of a leaf into the leaf: t of the leaf is (t + 15 − 2q)/16. \param matrix  [16 parts, 8, 16]
HWY_INLINE void FoldPart(double* HWY_RESTRICT part, std::size_t index, const double* HWY_RESTRICT matrix,
                         BinStore& store) {
  const D d;
  const std::size_t leaf = index / fine_leaves;
  const double* const shift = matrix + index % fine_leaves * fine_moments * 16;
  double* const to = store.run(leaf);
  store.note_run(part[0]);
  for (std::size_t k = 0; k < 16; k += vector_lanes) {
    auto sum = hn::Mul(hn::LoadU(d, shift + k), hn::Set(d, part[0]));
    for (std::size_t i = 1; i < fine_moments; ++i) {
      sum = hn::MulAdd(hn::LoadU(d, shift + 16 * i + k), hn::Set(d, part[i]), sum);
    }
    hn::StoreU(hn::Add(hn::LoadU(d, to + k), sum), d, to + k);
  }
  store.added(leaf);
  std::fill_n(part, fine_moments, 0.0);
}

/// part[0 … 7] += 1, t, … t^7.
HWY_INLINE void AddOne(double t, double* HWY_RESTRICT part) {
  const double t2 = t * t;
  const double low[4] = {1, t, t2, t * t2};
  for (std::size_t k = 0; k < 4; ++k) {
    part[k] += low[k];
    part[4 + k] = std::fma(low[k], t2 * t2, part[4 + k]);
  }
}

#if HWY_MAX_BYTES >= 32
/// The same, where `low` holds the first four powers.
template <class V4>
HWY_INLINE void AddRow(D4 d, V4 low, double t4, double* HWY_RESTRICT part) {
  hn::Store(hn::Add(hn::Load(d, part), low), d, part);
  hn::Store(hn::MulAdd(low, hn::Set(d, t4), hn::Load(d, part + 4)), d, part + 4);
}

/// Powers of four tokens, made together, and each added to its part.
HWY_INLINE void AddFour(const double* HWY_RESTRICT place, const std::int64_t* HWY_RESTRICT leaf,
                        double* HWY_RESTRICT fine) {
  const D4 d;
  const auto t = hn::LoadU(d, place);
  const auto t2 = hn::Mul(t, t);
  const auto t3 = hn::Mul(t, t2);
  HWY_ALIGN double t4[4];
  hn::Store(hn::Mul(t2, t2), d, t4);
  const auto one = hn::Set(d, 1.0);
  const auto even = hn::InterleaveLower(d, one, t);
  const auto odd = hn::InterleaveUpper(d, one, t);
  const auto even_high = hn::InterleaveLower(d, t2, t3);
  const auto odd_high = hn::InterleaveUpper(d, t2, t3);
  AddRow(d, hn::ConcatLowerLower(d, even_high, even), t4[0], fine + leaf[0] * 8);
  AddRow(d, hn::ConcatLowerLower(d, odd_high, odd), t4[1], fine + leaf[1] * 8);
  AddRow(d, hn::ConcatUpperUpper(d, even_high, even), t4[2], fine + leaf[2] * 8);
  AddRow(d, hn::ConcatUpperUpper(d, odd_high, odd), t4[3], fine + leaf[3] * 8);
}
#else
HWY_INLINE void AddFour(const double* HWY_RESTRICT place, const std::int64_t* HWY_RESTRICT leaf,
                        double* HWY_RESTRICT fine) {
  for (std::size_t i = 0; i < 4; ++i) {
    AddOne(place[i], fine + leaf[i] * 8);
  }
}
#endif

/// Tokens into parts of leaves, and those into leaves.
inline void InsertFinely(const double* HWY_RESTRICT depths, std::int64_t count, double scale,
                         std::size_t leaves, const double* HWY_RESTRICT matrix, BinStore& store) {
  HWY_ALIGN std::int64_t leaf[insert_batch + 8];
  HWY_ALIGN double place[insert_batch + 8];
  double* const fine = store.fine();
  for (std::int64_t first = 0; first < count; first += insert_batch) {
    const std::int64_t tokens = std::min(insert_batch, count - first);
    FindLeaves<4>(depths + first, tokens, scale * fine_leaves, leaf, place);
    std::int64_t i = 0;
    for (; i + 8 <= tokens; i += 8) {
      AddFour(place + i, leaf + i, fine);
      AddFour(place + i + 4, leaf + i + 4, fine);
      // A look at one token in eight finds every part that many tokens fall into.
      double* const part = fine + leaf[i] * 8;
      if (HWY_UNLIKELY(part[0] >= 32)) {
        FoldPart(part, static_cast<std::size_t>(leaf[i]), matrix, store);
      }
    }
    for (; i < tokens; ++i) {
      AddOne(place[i], fine + leaf[i] * 8);
    }
  }
  for (std::size_t part = 0; part < leaves * fine_leaves; ++part) {
    if (fine[part * fine_moments] != 0) {
      FoldPart(fine + part * fine_moments, part, matrix, store);
    }
  }
}

}  // namespace tempsweep::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif  // include guard
