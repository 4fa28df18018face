// SPDX-License-Identifier: Apache-2.0
// The loops of the moment ladder. Compiled once per instruction set by ladder.cpp, after kernels-inl.hpp,
// whose vector types it uses; the guard below is toggled on purpose.
#if defined(TEMPSWEEP_CPU_LADDER_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef TEMPSWEEP_CPU_LADDER_INL
#undef TEMPSWEEP_CPU_LADDER_INL
#else
#define TEMPSWEEP_CPU_LADDER_INL
#endif

HWY_BEFORE_NAMESPACE();
namespace tempsweep::cpu::HWY_NAMESPACE {

using DI = hn::RebindToSigned<D>;

/// Leaf and place in it of each token: with z = y·scale, below 64 leaf ⌊z⌋, from there on 64 leaves an
/// octave, whose number stands in the top bits of z. t = 1 − 2·(fraction of the leaf), exact in both.
HWY_INLINE void FindLeaves(const double* HWY_RESTRICT depths, std::int64_t count, double scale,
                           std::int64_t* HWY_RESTRICT leaf, double* HWY_RESTRICT place) {
  const D d;
  const DI di;
  constexpr auto step = static_cast<std::int64_t>(vector_lanes);
  constexpr int mantissa_below = 52 - 6;
  const auto factor = hn::Set(d, scale);
  const auto linear_end = hn::Set(d, 64.0);
  const auto origin = hn::Set(di, (std::int64_t{1023 + 6} << 6) - 64);
  const auto low_bits = hn::Set(di, (std::int64_t{1} << mantissa_below) - 1);
  const auto one_bits = hn::Set(di, std::int64_t{1023} << 52);
  const auto one = hn::Set(d, 1.0);
  const auto two = hn::Set(d, 2.0);
  for (std::int64_t i = 0; i < count; i += step) {
    const auto z = hn::Mul(hn::LoadU(d, depths + i), factor);
    const auto bits = hn::BitCast(di, z);
    const auto octave_leaf = hn::Sub(hn::ShiftRight<mantissa_below>(bits), origin);
    const auto fraction = hn::BitCast(d, hn::Or(hn::ShiftLeft<6>(hn::And(bits, low_bits)), one_bits));
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
    const hn::RebindToSigned<D> di;
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

/// sums[0 … 15] += moments[0 … 15].
HWY_INLINE void AddMoments(const double* HWY_RESTRICT moments, double* HWY_RESTRICT sums) {
  const D d;
  for (std::size_t k = 0; k < 16; k += vector_lanes) {
    hn::StoreU(hn::Add(hn::LoadU(d, sums + k), hn::LoadU(d, moments + k)), d, sums + k);
  }
}

inline void InsertTokens(const double* HWY_RESTRICT depths, std::int64_t count, double scale,
                         LeafStore& store) {
  constexpr std::int64_t batch = 512;
  HWY_ALIGN std::int64_t leaf[batch + 8];
  HWY_ALIGN double place[batch + 8];
  for (std::int64_t first = 0; first < count; first += batch) {
    const std::int64_t tokens = std::min(batch, count - first);
    FindLeaves(depths + first, tokens, scale, leaf, place);
    for (std::int64_t i = 0; i < tokens; ++i) {
      const auto l = static_cast<std::size_t>(leaf[i]);
      AddPowers(place[i], store.run.data() + l * ladder_moments);
      if ((++store.count[l] & (ladder_run - 1)) == 0) {
        store.close_run(l);
      }
    }
  }
}

/// parent += the child's moments about the parent's centre: M^P_k += Σ_i matrix[i][k] M^C_i.
inline void ShiftMoments(const double* HWY_RESTRICT child, const double* HWY_RESTRICT matrix,
                         double* HWY_RESTRICT parent) {
  const D d;
  for (std::size_t k = 0; k < 16; k += vector_lanes) {
    auto sum = hn::LoadU(d, parent + k);
    for (std::size_t i = 0; i < 16; ++i) {
      sum = hn::MulAdd(hn::LoadU(d, matrix + 16 * i + k), hn::Set(d, child[i]), sum);
    }
    hn::StoreU(sum, d, parent + k);
  }
}

/// Σ e^(ut), Σ t e^(ut) and Σ t² e^(ut) over a bin: 14 terms each, of moments k, k + 1 and k + 2.
HWY_INLINE void SumBin(const double* HWY_RESTRICT m, const V (&term)[ladder_terms], V decay, V (&a)[3]) {
  const D d;
  for (std::size_t r = 0; r < 3; ++r) {
    a[r] = hn::Set(d, m[r]);
  }
  for (std::size_t k = 1; k < ladder_terms; ++k) {
    for (std::size_t r = 0; r < 3; ++r) {
      a[r] = hn::MulAdd(term[k], hn::Set(d, m[k + r]), a[r]);
    }
  }
  for (auto& sum : a) {
    sum = hn::Mul(sum, decay);
  }
}

HWY_INLINE V AddFour(const V (&sums)[4]) {
  return hn::Add(hn::Add(sums[0], sums[1]), hn::Add(sums[2], sums[3]));
}

/// Σ(offset − t)²w over the bins, offset = 2b + 1 − mean: offset·(offset·A₀ − 2A₁) + A₂ of each.
HWY_INLINE V SpreadAbout(V mean, const double* HWY_RESTRICT level, const double* HWY_RESTRICT kept) {
  const D d;
  V q[4] = {hn::Zero(d), hn::Zero(d), hn::Zero(d), hn::Zero(d)};
  for (std::size_t b = 0; b < static_cast<std::size_t>(ladder_bins); ++b) {
    if (level[b * ladder_moments] == 0) {
      continue;
    }
    const double* const a = kept + 3 * b * vector_lanes;
    const auto offset = hn::Sub(hn::Set(d, 2.0 * static_cast<double>(b) + 1), mean);
    const auto inner =
        hn::NegMulAdd(hn::Set(d, 2.0), hn::Load(d, a + vector_lanes), hn::Mul(offset, hn::Load(d, a)));
    q[b % 4] = hn::Add(q[b % 4], hn::MulAdd(offset, inner, hn::Load(d, a + 2 * vector_lanes)));
  }
  return AddFour(q);
}

/// The powers u^k/k!.
HWY_INLINE void MakeTerms(V u, V (&term)[ladder_terms]) {
  const D d;
  term[0] = hn::Set(d, 1.0);
  for (std::size_t k = 1; k < ladder_terms; ++k) {
    term[k] = hn::Mul(hn::Mul(term[k - 1], u), hn::Set(d, inverse_number[k]));
  }
}

/// Sums at eight β of one level; lanes are temperatures and do not touch one another.
inline void EvaluateLevel(const double* HWY_RESTRICT level, const LevelPoints& at, double* HWY_RESTRICT out) {
  const D d;
  constexpr auto bins = static_cast<std::size_t>(ladder_bins);
  HWY_ALIGN double kept[3 * bins * vector_lanes];
  for (std::size_t lane = 0; lane < 8; lane += vector_lanes) {
    V term[ladder_terms];
    MakeTerms(hn::LoadU(d, at.u + lane), term);
    auto decay = hn::LoadU(d, at.first_decay + lane);
    const auto step = hn::LoadU(d, at.decay_step + lane);
    V z[4] = {hn::Zero(d), hn::Zero(d), hn::Zero(d), hn::Zero(d)};
    V s[4] = {hn::Zero(d), hn::Zero(d), hn::Zero(d), hn::Zero(d)};
    for (std::size_t b = 0; b < bins; ++b, decay = hn::Mul(decay, step)) {
      if (level[b * ladder_moments] == 0) {
        continue;
      }
      V a[3];
      SumBin(level + b * ladder_moments, term, decay, a);
      for (std::size_t r = 0; r < 3; ++r) {
        hn::Store(a[r], d, kept + (3 * b + r) * vector_lanes);
      }
      z[b % 4] = hn::Add(z[b % 4], a[0]);
      s[b % 4] = hn::Add(s[b % 4], hn::MulSub(a[0], hn::Set(d, 2.0 * static_cast<double>(b) + 1), a[1]));
    }
    const auto weight = AddFour(z);
    const auto mean = hn::Div(AddFour(s), weight);
    hn::StoreU(weight, d, out + lane);
    hn::StoreU(mean, d, out + 8 + lane);
    hn::StoreU(hn::Div(SpreadAbout(mean, level, kept), weight), d, out + 16 + lane);
  }
}

/// Three Chebyshev series at one place x in [−1, 1] a lane, by Clenshaw's recurrence.
inline void EvaluateSeries(const double* HWY_RESTRICT coefficients, std::size_t terms,
                           const double* HWY_RESTRICT x, double* HWY_RESTRICT out) {
  const D d;
  for (std::size_t lane = 0; lane < 8; lane += vector_lanes) {
    const auto at = hn::LoadU(d, x + lane);
    const auto twice = hn::Add(at, at);
    for (std::size_t f = 0; f < 3; ++f) {
      const double* const c = coefficients + f * terms;
      auto next = hn::Zero(d);
      auto after = hn::Zero(d);
      for (std::size_t k = terms - 1; k > 0; --k) {
        const auto now = hn::MulAdd(twice, next, hn::Sub(hn::Set(d, c[k]), after));
        after = next;
        next = now;
      }
      hn::StoreU(hn::MulAdd(at, next, hn::Sub(hn::Set(d, c[0]), after)), d, out + 8 * f + lane);
    }
  }
}

}  // namespace tempsweep::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif  // include guard
