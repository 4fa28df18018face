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

#ifndef TEMPSWEEP_CPU_INSERTED_ROW
#define TEMPSWEEP_CPU_INSERTED_ROW
namespace tempsweep::cpu {

inline constexpr int fine_bits = 2;
static_assert(fine_leaves == std::size_t{1} << fine_bits);

/// leaf_place() with four times the leaves.
inline LeafPlace leaf_place_fine(double z) {
  constexpr int bits_taken = 6 + fine_bits;
  constexpr int below = 52 - bits_taken;
  if (z < (1 << bits_taken)) {
    const double whole = std::floor(z);
    return {static_cast<std::int64_t>(whole), 1 - 2 * (z - whole)};
  }
  const std::uint64_t bits = bits_of(z);
  const auto leaf = static_cast<std::int64_t>(bits >> below) -
                    ((std::int64_t{1023 + bits_taken} << bits_taken) - (1 << bits_taken));
  const std::uint64_t low = bits << bits_taken & ((std::uint64_t{1} << 52U) - 1);
  return {leaf, 1 - 2 * (double_of(low | std::uint64_t{1023} << 52U) - 1)};
}

}  // namespace tempsweep::cpu
#endif  // TEMPSWEEP_CPU_INSERTED_ROW

HWY_BEFORE_NAMESPACE();
namespace tempsweep::cpu::HWY_NAMESPACE {

using DI = hn::RebindToSigned<D>;
using D4 = hn::CappedTag<double, 4>;

/// leaf_place() of a vector of depths, for 64·2^finer leaves an octave.
template <int finer>
struct LeafFinder {
  static constexpr int bits_taken = 6 + finer;
  static constexpr int mantissa_below = 52 - bits_taken;
  V factor;

  explicit HWY_INLINE LeafFinder(double scale) : factor(hn::Set(D(), scale * (1 << finer))) {}

  HWY_INLINE void operator()(V depth, std::int64_t* HWY_RESTRICT leaf, double* HWY_RESTRICT place) const {
    const D d;
    const DI di;
    const auto z = hn::Mul(depth, factor);
    const auto bits = hn::BitCast(di, z);
    const auto origin = hn::Set(di, (std::int64_t{1023 + bits_taken} << bits_taken) - (1 << bits_taken));
    const auto low_bits = hn::Set(di, (std::int64_t{1} << mantissa_below) - 1);
    const auto one_bits = hn::Set(di, std::int64_t{1023} << 52);
    auto found = hn::Sub(hn::ShiftRight<mantissa_below>(bits), origin);
    const auto fraction =
        hn::BitCast(d, hn::Or(hn::ShiftLeft<bits_taken>(hn::And(bits, low_bits)), one_bits));
    auto t = hn::NegMulAdd(hn::Set(d, 2.0), fraction, hn::Set(d, 3.0));
    const auto linear = hn::Lt(z, hn::Set(d, static_cast<double>(1 << bits_taken)));
    if (!hn::AllFalse(d, linear)) {  // few tokens are so near to the anchor
      const auto whole = hn::Floor(z);
      t = hn::IfThenElse(linear, hn::NegMulAdd(hn::Set(d, 2.0), hn::Sub(z, whole), hn::Set(d, 1.0)), t);
      found = hn::IfThenElse(hn::RebindMask(di, linear), hn::ConvertTo(di, whole), found);
    }
    hn::Store(found, di, leaf);
    hn::Store(t, d, place);
  }
};

/// moments[0 … 15] += weight·(t^0 … t^15): lanes are powers, so the vector width does not show.
HWY_INLINE void AddPowers(double weight, double t, double* HWY_RESTRICT moments) {
  const D d;
  HWY_ALIGN static constexpr double exponent[8] = {0, 1, 2, 3, 4, 5, 6, 7};
  const double t2 = t * t;
  const double t4 = t2 * t2;
  const auto t8 = hn::Set(d, t4 * t4);
  const auto one = hn::Set(d, 1.0);
  const auto times = hn::Set(d, weight);
  for (std::size_t k = 0; k < 8; k += vector_lanes) {
    const DI di;
    const auto n = hn::ConvertTo(di, hn::Load(d, exponent + k));
    const auto bit = [&](std::int64_t b) {
      return hn::RebindMask(d, hn::Eq(hn::And(n, hn::Set(di, b)), hn::Set(di, b)));
    };
    auto power = hn::Mul(times, hn::IfThenElse(bit(1), hn::Set(d, t), one));
    power = hn::Mul(power, hn::IfThenElse(bit(2), hn::Set(d, t2), one));
    power = hn::Mul(power, hn::IfThenElse(bit(4), hn::Set(d, t4), one));
    hn::StoreU(hn::Add(hn::LoadU(d, moments + k), power), d, moments + k);
    hn::StoreU(hn::MulAdd(power, t8, hn::LoadU(d, moments + 8 + k)), d, moments + 8 + k);
  }
}

/// Tokens whose depths are taken at once.
constexpr std::int64_t insert_batch = 512;

/// Calls body(depths, count) for batches of a row's rest, padded with zeros to whole vectors.
template <class Body>
HWY_INLINE void ForEachBatch(const InsertedRow& row, std::int64_t first, std::int64_t last, Body body) {
  HWY_ALIGN double depths[insert_batch + 16];
  for (; first < last; first += insert_batch) {
    const std::int64_t tokens = std::min(insert_batch, last - first);
    const std::int64_t kept = CollectDepths(row.logits + first, tokens, row.maximum, row.second, depths);
    std::fill_n(depths + kept, vector_lanes, 0.0);
    body(depths, kept);
  }
}

/// Tokens into leaves, sixteen moments each.
inline void InsertTokens(const InsertedRow& row, std::int64_t first, std::int64_t last, double scale,
                         BinStore& store) {
  const D d;
  const LeafFinder<0> find(scale);
  ForEachBatch(row, first, last, [&](const double* depths, std::int64_t count) HWY_ATTR {
    HWY_ALIGN std::int64_t leaf[vector_lanes];
    HWY_ALIGN double place[vector_lanes];
    for (std::int64_t i = 0; i < count; i += static_cast<std::int64_t>(vector_lanes)) {
      find(hn::Load(d, depths + i), leaf, place);
      const auto here = std::min<std::int64_t>(static_cast<std::int64_t>(vector_lanes), count - i);
      for (std::int64_t k = 0; k < here; ++k) {
        const auto l = static_cast<std::size_t>(leaf[k]);
        AddPowers(1, place[k], store.run(l));
        store.added(l);
      }
    }
  });
}

/// Values that stand for several tokens each.
inline void InsertDistinct(std::span<const double> depths, std::span<const double> counts, double scale,
                           BinStore& store) {
  for (std::size_t i = 0; i < depths.size(); ++i) {
    const LeafPlace at = leaf_place(depths[i] * scale);
    const auto leaf = static_cast<std::size_t>(at.leaf);
    AddPowers(counts[i], at.t, store.run(leaf));
    store.added(leaf);
  }
}

constexpr std::size_t leaf_vectors = 16 / vector_lanes;

/// sum[k] += the leaf's moment k of a part, whose t is (t + 3 − 2q)/4 there. \param shift  [8, 16], of q
HWY_INLINE void ShiftPart(const double* HWY_RESTRICT part, const double* HWY_RESTRICT shift,
                          V (&sum)[leaf_vectors]) {
  const D d;
  for (std::size_t i = 0; i < fine_moments; ++i) {
    const auto moment = hn::Set(d, part[i]);
    for (std::size_t v = 0; v < leaf_vectors; ++v) {
      sum[v] = hn::MulAdd(hn::LoadU(d, shift + 16 * i + v * vector_lanes), moment, sum[v]);
    }
  }
}

/// Tokens in a run that close it.
constexpr double most_run = 32;
/// Tokens in the sums of a part that send them to the leaf.
constexpr double most_sum = 32 * most_run;

/// A part's run into its sums, which follow it.
HWY_INLINE void CloseRun(double* HWY_RESTRICT part, BinStore& store) {
  const D d;
  store.note_run(part[0]);
  for (std::size_t k = 0; k < fine_moments; k += vector_lanes) {
    double* const to = part + fine_moments + k;
    hn::Store(hn::Add(hn::Load(d, to), hn::Load(d, part + k)), d, to);
    hn::Store(hn::Zero(d), d, part + k);
  }
}

/// The parts of a leaf from `first` to `last` into the leaf. \param matrix  [4 parts, 8, 16]
HWY_INLINE void FoldParts(std::size_t first, std::size_t last, const double* HWY_RESTRICT matrix,
                          BinStore& store) {
  const D d;
  V sum[leaf_vectors];
  for (auto& part_of_sum : sum) {
    part_of_sum = hn::Zero(d);
  }
  bool any = false;
  for (std::size_t index = first; index < last; ++index) {
    double* const part = store.fine() + index * 2 * fine_moments;
    if (part[0] + part[fine_moments] != 0) {
      CloseRun(part, store);
      store.note_sum(part[fine_moments] / most_run + 1);
      ShiftPart(part + fine_moments, matrix + index % fine_leaves * fine_moments * 16, sum);
      std::fill_n(part + fine_moments, fine_moments, 0.0);
      any = true;
    }
  }
  if (any) {
    double* const to = store.run(first / fine_leaves);
    for (std::size_t v = 0; v < leaf_vectors; ++v) {
      hn::StoreU(hn::Add(hn::LoadU(d, to + v * vector_lanes), sum[v]), d, to + v * vector_lanes);
    }
    store.added(first / fine_leaves);
  }
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
  AddRow(d, hn::ConcatLowerLower(d, even_high, even), t4[0], fine + leaf[0] * 16);
  AddRow(d, hn::ConcatLowerLower(d, odd_high, odd), t4[1], fine + leaf[1] * 16);
  AddRow(d, hn::ConcatUpperUpper(d, even_high, even), t4[2], fine + leaf[2] * 16);
  AddRow(d, hn::ConcatUpperUpper(d, odd_high, odd), t4[3], fine + leaf[3] * 16);
}
#else
HWY_INLINE void AddFour(const double* HWY_RESTRICT place, const std::int64_t* HWY_RESTRICT leaf,
                        double* HWY_RESTRICT fine) {
  for (std::size_t i = 0; i < 4; ++i) {
    AddOne(place[i], fine + leaf[i] * 16);
  }
}
#endif

/// Tokens into parts of leaves, and those into leaves.
inline void InsertFinely(const InsertedRow& row, std::int64_t first, std::int64_t last, double scale,
                         std::size_t leaves, const double* HWY_RESTRICT matrix, BinStore& store) {
  const D d;
  double* const fine = store.fine();
  const LeafFinder<fine_bits> find(scale);
  ForEachBatch(row, first, last, [&](const double* depths, std::int64_t count) HWY_ATTR {
    HWY_ALIGN std::int64_t leaf[8];
    HWY_ALIGN double place[8];
    std::int64_t i = 0;
    for (; i + 8 <= count; i += 8) {
      for (std::size_t k = 0; k < 8; k += vector_lanes) {
        find(hn::Load(d, depths + i + k), leaf + k, place + k);
      }
      AddFour(place, leaf, fine);
      AddFour(place + 4, leaf + 4, fine);
      // A look at one token in eight finds every part that many tokens fall into, if sometimes late.
      double* const part = fine + leaf[0] * 16;
      if (HWY_UNLIKELY(part[0] >= most_run)) {
        CloseRun(part, store);
        if (part[fine_moments] >= most_sum) {
          FoldParts(static_cast<std::size_t>(leaf[0]), static_cast<std::size_t>(leaf[0]) + 1, matrix, store);
        }
      }
    }
    for (std::int64_t rest = i; rest < count; ++rest) {
      const LeafPlace at = leaf_place_fine(depths[rest] * scale * fine_leaves);
      AddOne(at.t, fine + at.leaf * 16);
    }
  });
  for (std::size_t leaf = 0; leaf < leaves; ++leaf) {
    FoldParts(leaf * fine_leaves, (leaf + 1) * fine_leaves, matrix, store);
  }
}

}  // namespace tempsweep::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif  // include guard
