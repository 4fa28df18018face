// SPDX-License-Identifier: Apache-2.0
// The passes over a row that come before any temperature. Compiled once per instruction set by kernels.cpp,
// after kernels-inl.hpp, whose vector types it uses; the guard below is toggled on purpose.
#if defined(TEMPSWEEP_CPU_ROW_SCAN_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef TEMPSWEEP_CPU_ROW_SCAN_INL
#undef TEMPSWEEP_CPU_ROW_SCAN_INL
#else
#define TEMPSWEEP_CPU_ROW_SCAN_INL
#endif

HWY_BEFORE_NAMESPACE();
namespace tempsweep::cpu::HWY_NAMESPACE {

/// The lanes from `i` on; what lies beyond the row reads as masked.
HWY_INLINE V LoadRow(D d, const double* logits, std::int64_t i, std::int64_t count) {
  if (i + static_cast<std::int64_t>(vector_lanes) <= count) {
    return hn::LoadU(d, logits + i);
  }
  HWY_ALIGN double last[vector_lanes];
  for (std::size_t k = 0; k < vector_lanes; ++k) {
    const std::int64_t place = i + static_cast<std::int64_t>(k);
    last[k] = place < count ? logits[place] : -HUGE_VAL;
  }
  return hn::Load(d, last);
}

/// Adds one to every lane whose mask is set.
template <class Mask>
HWY_INLINE hn::Vec<hn::RebindToSigned<D>> Count(D d, hn::Vec<hn::RebindToSigned<D>> sum, Mask mask) {
  const hn::RebindToSigned<D> di;
  return hn::Sub(sum, hn::BitCast(di, hn::VecFromMask(d, mask)));
}

inline void ScanExtremes(const double* HWY_RESTRICT logits, std::int64_t count, Extremes* out) {
  const D d;
  const hn::RebindToSigned<D> di;
  const auto infinity = hn::Set(d, HUGE_VAL);
  const auto masked = hn::Set(d, -HUGE_VAL);
  constexpr auto step = static_cast<std::int64_t>(vector_lanes);
  auto most = masked;
  auto least = infinity;
  auto present = hn::Zero(di);
  auto sound = hn::Zero(di);
  for (std::int64_t i = 0; i < count; i += step) {
    const auto l = LoadRow(d, logits, i, count);
    const auto unmasked = hn::Gt(l, masked);
    most = hn::Max(most, l);
    least = hn::Min(least, hn::IfThenElse(unmasked, l, infinity));
    present = Count(d, present, unmasked);
    sound = Count(d, sound, hn::Lt(l, infinity));  // false for NaN, too
  }
  const auto top = hn::MaxOfLanes(d, most);
  auto second = masked;
  auto ties = hn::Zero(di);
  for (std::int64_t i = 0; i < count; i += step) {
    const auto l = LoadRow(d, logits, i, count);
    ties = Count(d, ties, hn::Eq(l, top));
    second = hn::Max(second, hn::IfThenElse(hn::Lt(l, top), l, masked));
  }
  out->maximum = hn::GetLane(top);
  out->second = hn::GetLane(hn::MaxOfLanes(d, second));
  out->deepest = hn::GetLane(hn::MinOfLanes(d, least));
  out->unmasked = hn::GetLane(hn::SumOfLanes(di, present));
  out->ties = hn::GetLane(hn::SumOfLanes(di, ties));
  out->sound = hn::GetLane(hn::SumOfLanes(di, sound)) == (count + step - 1) / step * step;
}

inline std::int64_t CollectDepths(const double* HWY_RESTRICT logits, std::int64_t count, double maximum,
                                  double second, double* HWY_RESTRICT depths) {
  const D d;
  const auto top = hn::Set(d, maximum);
  const auto anchor = hn::Set(d, second);
  const auto masked = hn::Set(d, -HUGE_VAL);
  constexpr auto step = static_cast<std::int64_t>(vector_lanes);
  std::size_t kept = 0;
  for (std::int64_t i = 0; i < count; i += step) {
    const auto l = LoadRow(d, logits, i, count);
    const auto rest = hn::And(hn::Gt(l, masked), hn::Lt(l, top));
    const auto depth = hn::Min(hn::Sub(anchor, l), hn::Set(d, DBL_MAX));
    if (hn::AllTrue(d, rest)) {  // nearly always: few tokens are masked or on top
      hn::StoreU(depth, d, depths + kept);
      kept += vector_lanes;
    } else {
      kept += hn::CompressStore(depth, rest, d, depths + kept);
    }
  }
  return static_cast<std::int64_t>(kept);
}

}  // namespace tempsweep::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif  // include guard
