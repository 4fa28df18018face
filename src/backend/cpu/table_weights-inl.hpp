// SPDX-License-Identifier: Apache-2.0
// The weights of sampling tables. Compiled once per instruction set by kernels.cpp, after kernels-inl.hpp,
// whose vector types it uses; the guard below is toggled on purpose.
#if defined(TEMPSWEEP_CPU_TABLE_WEIGHTS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef TEMPSWEEP_CPU_TABLE_WEIGHTS_INL
#undef TEMPSWEEP_CPU_TABLE_WEIGHTS_INL
#else
#define TEMPSWEEP_CPU_TABLE_WEIGHTS_INL
#endif

HWY_BEFORE_NAMESPACE();
namespace tempsweep::cpu::HWY_NAMESPACE {

#if !HWY_NATIVE_FMA || HWY_TARGET == HWY_SCALAR
// No fused multiply-add here: the scalar functions have the right bits, at the price of a library call each.
inline void TableWeights(const double* logits, std::int64_t count, double maximum, double beta, double* out) {
  for (std::int64_t i = 0; i < count; ++i) {
    out[i] = table_weight(token_depth(maximum, logits[i]), beta);
  }
}
#else
/// exp2_reproducible (math/exp2.hpp), its operations in its order, lane by lane.
HWY_INLINE V ReproducibleExp2(D d, V t) {
  const auto magic = hn::Set(d, exp2_round_magic);
  const auto raised = hn::Max(t, hn::Set(d, exp2_floor));
  const auto rounded = hn::Add(raised, magic);
  const auto fraction = hn::Sub(raised, hn::Sub(rounded, magic));
  auto q = hn::Set(d, exp2_coefficients[11]);
  for (int k = 10; k >= 0; --k) {
    q = hn::MulAdd(q, fraction, hn::Set(d, exp2_coefficients[k]));
  }
  const hn::RebindToSigned<D> di;
  const auto bits = hn::Add(hn::BitCast(di, rounded), hn::Set(di, 1023));
  return hn::Mul(q, hn::BitCast(d, hn::ShiftLeft<52>(bits)));
}

/// table_weight (math/exp2.hpp), likewise.
HWY_INLINE V TableWeight(D d, V depth, V beta) {
  const auto log2_e = hn::Set(d, weight_constant::log2_e);
  const auto product = hn::Mul(depth, beta);
  const auto product_low = hn::MulSub(depth, beta, product);
  const auto high = hn::Mul(product, log2_e);
  auto low = hn::MulSub(product, log2_e, high);
  low = hn::MulAdd(product, hn::Set(d, weight_constant::log2_e_low), low);
  low = hn::MulAdd(product_low, log2_e, low);
  const auto weight = ReproducibleExp2(d, hn::Neg(high));
  const auto corrected = hn::MulAdd(weight, hn::Neg(hn::Mul(low, hn::Set(d, weight_constant::ln_2))), weight);
  const auto kept = hn::IfThenElseZero(hn::Le(product, hn::Set(d, weight_constant::deepest)), corrected);
  return hn::IfThenElse(hn::Eq(depth, hn::Zero(d)), hn::Set(d, 1.0), kept);
}

inline void TableWeights(const double* HWY_RESTRICT logits, std::int64_t count, double maximum, double beta,
                         double* HWY_RESTRICT out) {
  const D d;
  const auto top = hn::Set(d, maximum);
  const auto at = hn::Set(d, beta);
  const auto step = static_cast<std::int64_t>(vector_lanes);
  std::int64_t i = 0;
  for (; i + step <= count; i += step) {
    const auto logit = hn::LoadU(d, logits + i);
    const auto depth = hn::Sub(top, logit);
    const auto unmasked = hn::Gt(logit, hn::Set(d, -HUGE_VAL));
    const auto bounded = hn::IfThenElse(unmasked, hn::Min(depth, hn::Set(d, DBL_MAX)), depth);
    hn::StoreU(TableWeight(d, bounded, at), d, out + i);
  }
  for (; i < count; ++i) {
    out[i] = table_weight(token_depth(maximum, logits[i]), beta);
  }
}
#endif

}  // namespace tempsweep::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif  // include guard
