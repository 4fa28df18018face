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

/// Σ e^(ut), Σ t e^(ut) and Σ t² e^(ut) over a bin: 14 terms each, of moments k, k + 1 and k + 2, the small
/// ones first.
HWY_INLINE void SumBin(const double* HWY_RESTRICT m, const V (&term)[ladder_terms], V decay, V (&a)[3]) {
  const D d;
  constexpr std::size_t last = ladder_terms - 1;
  for (std::size_t r = 0; r < 3; ++r) {
    a[r] = hn::Mul(term[last], hn::Set(d, m[last + r]));
  }
  for (std::size_t k = last; k-- > 1;) {
    for (std::size_t r = 0; r < 3; ++r) {
      a[r] = hn::MulAdd(term[k], hn::Set(d, m[k + r]), a[r]);
    }
  }
  for (std::size_t r = 0; r < 3; ++r) {
    a[r] = hn::Mul(hn::Add(a[r], hn::Set(d, m[r])), decay);
  }
}

constexpr std::size_t bin_group = 8;
constexpr std::size_t bin_groups = ladder_bins / bin_group;

/// Of sums over groups of bins, in a tree.
HWY_INLINE V AddGroups(V (&sums)[bin_groups]) {
  for (std::size_t width = bin_groups / 2; width > 0; width /= 2) {
    for (std::size_t i = 0; i < width; ++i) {
      sums[i] = hn::Add(sums[i], sums[i + width]);
    }
  }
  return sums[0];
}

/// Σ(offset − t)²w over the bins, offset = 2b + 1 − mean: offset·(offset·A₀ − 2A₁) + A₂ of each.
HWY_INLINE V SpreadAbout(V mean, const double* HWY_RESTRICT level, const double* HWY_RESTRICT kept) {
  const D d;
  V groups[bin_groups];
  for (std::size_t g = 0; g < bin_groups; ++g) {
    auto sum = hn::Zero(d);
    for (std::size_t b = g * bin_group; b < (g + 1) * bin_group; ++b) {
      if (level[b * ladder_moments] == 0) {
        continue;
      }
      const double* const a = kept + 3 * b * vector_lanes;
      const auto offset = hn::Sub(hn::Set(d, 2.0 * static_cast<double>(b) + 1), mean);
      const auto inner =
          hn::NegMulAdd(hn::Set(d, 2.0), hn::Load(d, a + vector_lanes), hn::Mul(offset, hn::Load(d, a)));
      sum = hn::Add(sum, hn::MulAdd(offset, inner, hn::Load(d, a + 2 * vector_lanes)));
    }
    groups[g] = sum;
  }
  return AddGroups(groups);
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
  HWY_ALIGN double kept[3 * ladder_bins * vector_lanes];
  for (std::size_t lane = 0; lane < 8; lane += vector_lanes) {
    V term[ladder_terms];
    MakeTerms(hn::LoadU(d, at.u + lane), term);
    auto decay = hn::LoadU(d, at.first_decay + lane);
    const auto step = hn::LoadU(d, at.decay_step + lane);
    V weights[bin_groups];
    V firsts[bin_groups];
    for (std::size_t g = 0; g < bin_groups; ++g) {
      auto z = hn::Zero(d);
      auto s = hn::Zero(d);
      for (std::size_t b = g * bin_group; b < (g + 1) * bin_group; ++b, decay = hn::Mul(decay, step)) {
        if (level[b * ladder_moments] == 0) {
          continue;
        }
        V a[3];
        SumBin(level + b * ladder_moments, term, decay, a);
        for (std::size_t r = 0; r < 3; ++r) {
          hn::Store(a[r], d, kept + (3 * b + r) * vector_lanes);
        }
        z = hn::Add(z, a[0]);
        s = hn::Add(s, hn::MulSub(a[0], hn::Set(d, 2.0 * static_cast<double>(b) + 1), a[1]));
      }
      weights[g] = z;
      firsts[g] = s;
    }
    const auto weight = AddGroups(weights);
    const auto mean = hn::Div(AddGroups(firsts), weight);
    hn::StoreU(weight, d, out + lane);
    hn::StoreU(mean, d, out + 8 + lane);
    hn::StoreU(hn::Div(SpreadAbout(mean, level, kept), weight), d, out + 16 + lane);
  }
}

}  // namespace tempsweep::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif  // include guard
