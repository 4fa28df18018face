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

/// Σ(offset − t)w and Σ(offset − t)²w over the bins, offset = 2b + 1 − mean: offset·A₀ − A₁, and of it
/// offset·(… − A₁) + A₂, of each.
HWY_INLINE void MomentsAbout(V mean, const double* HWY_RESTRICT level, const double* HWY_RESTRICT kept,
                             V& first, V& second) {
  const D d;
  V firsts[bin_groups];
  V seconds[bin_groups];
  for (std::size_t g = 0; g < bin_groups; ++g) {
    auto s = hn::Zero(d);
    auto q = hn::Zero(d);
    for (std::size_t b = g * bin_group; b < (g + 1) * bin_group; ++b) {
      if (level[b * ladder_moments] == 0) {
        continue;
      }
      const double* const a = kept + 3 * b * vector_lanes;
      const auto offset = hn::Sub(hn::Set(d, 2.0 * static_cast<double>(b) + 1), mean);
      const auto a1 = hn::Load(d, a + vector_lanes);
      const auto inner = hn::MulSub(offset, hn::Load(d, a), a1);
      s = hn::Add(s, inner);
      q = hn::Add(q, hn::MulAdd(offset, hn::Sub(inner, a1), hn::Load(d, a + 2 * vector_lanes)));
    }
    firsts[g] = s;
    seconds[g] = q;
  }
  first = AddGroups(firsts);
  second = AddGroups(seconds);
}

/// The powers u^k/k!.
HWY_INLINE void MakeTerms(V u, V (&term)[ladder_terms]) {
  const D d;
  term[0] = hn::Set(d, 1.0);
  for (std::size_t k = 1; k < ladder_terms; ++k) {
    term[k] = hn::Mul(hn::Mul(term[k - 1], u), hn::Set(d, inverse_number[k]));
  }
}

/// e^(−u(2b+1)) as the product of one factor of a bin's group and one of its place in the group, each made of
/// at most four exponentials of u times a power of two, which is exact: 24 roundings in all, however deep.
struct Decays {
  V group[bin_groups];
  V place[bin_group];

  explicit HWY_INLINE Decays(V u) {
    const D d;
    const auto power = [&](double times) { return hn::Exp(d, hn::Mul(hn::Set(d, -times), u)); };
    place[0] = power(1);
    FillByDoubling(place, bin_group, [&](std::size_t step) { return power(2 * static_cast<double>(step)); });
    group[0] = hn::Set(d, 1.0);
    FillByDoubling(group, bin_groups,
                   [&](std::size_t step) { return power(2 * static_cast<double>(bin_group * step)); });
  }

 private:
  /// all[i + step] = all[i]·factor(step), step by step twice as many.
  template <class Factor>
  static HWY_INLINE void FillByDoubling(V* all, std::size_t count, Factor factor) {
    for (std::size_t step = 1; step < count; step *= 2) {
      const auto by = factor(step);
      for (std::size_t i = 0; i < step; ++i) {
        all[i + step] = hn::Mul(all[i], by);
      }
    }
  }
};

/// Sums at eight β of one level; lanes are temperatures and do not touch one another.
/// \param u  [8]  \param out  [3, 8]: weight, mean and variance in units of the half-width
inline void EvaluateLevel(const double* HWY_RESTRICT level, const double* HWY_RESTRICT u,
                          double* HWY_RESTRICT out) {
  const D d;
  HWY_ALIGN double kept[3 * ladder_bins * vector_lanes];
  for (std::size_t lane = 0; lane < 8; lane += vector_lanes) {
    V term[ladder_terms];
    MakeTerms(hn::LoadU(d, u + lane), term);
    const Decays decays(hn::LoadU(d, u + lane));
    V weights[bin_groups];
    V firsts[bin_groups];
    for (std::size_t g = 0; g < bin_groups; ++g) {
      auto z = hn::Zero(d);
      auto s = hn::Zero(d);
      for (std::size_t i = 0; i < bin_group; ++i) {
        const std::size_t b = g * bin_group + i;
        if (level[b * ladder_moments] == 0) {
          continue;
        }
        V a[3];
        SumBin(level + b * ladder_moments, term, hn::Mul(decays.group[g], decays.place[i]), a);
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
    const auto near = hn::Div(AddGroups(firsts), weight);
    V first;
    V second;
    MomentsAbout(near, level, kept, first, second);
    const auto correction = hn::Div(first, weight);
    hn::StoreU(weight, d, out + lane);
    hn::StoreU(hn::Add(near, correction), d, out + 8 + lane);
    hn::StoreU(hn::NegMulAdd(correction, correction, hn::Div(second, weight)), d, out + 16 + lane);
  }
}

}  // namespace tempsweep::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif  // include guard
