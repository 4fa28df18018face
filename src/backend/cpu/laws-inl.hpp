// SPDX-License-Identifier: Apache-2.0
// From sums to laws. Compiled once per instruction set by laws.cpp; the guard below is toggled on purpose.
#if defined(TEMPSWEEP_CPU_LAWS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef TEMPSWEEP_CPU_LAWS_INL
#undef TEMPSWEEP_CPU_LAWS_INL
#else
#define TEMPSWEEP_CPU_LAWS_INL
#endif

HWY_BEFORE_NAMESPACE();
namespace tempsweep::cpu::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// Lanes so far from the ends of the doubles that no product of a formula in metrics.hpp leaves the normal
/// numbers: with βY ≥ β(m − l₂), the least is p′(βY)²β ≥ e^−600·600²·10^−20.
template <class D, class V = hn::Vec<D>>
HWY_INLINE hn::Mask<D> IsPlain(D d, V beta, V weight, V drop, V depth, V scaled_depth) {
  const auto least = hn::Set(d, 1e-20);
  const auto most = hn::Set(d, 1e20);
  const auto inside = [&](V x) { return hn::And(hn::Ge(x, least), hn::Le(x, most)); };
  return hn::And(hn::And(hn::And(inside(beta), inside(depth)), hn::And(inside(scaled_depth), inside(weight))),
                 hn::Le(drop, hn::Set(d, 600.0)));
}

/// The operations of make_law() and law_errors(), in their order; exponentials and logarithms are Highway's,
/// within 2 units of the last place.
inline void MakeLaws(const RowFacts& row, const SumBlock& sums, std::size_t count, LawBlock& laws) {
  const hn::CappedTag<double, 8> d;
  const auto ties = hn::Set(d, row.ties);
  const auto one = hn::Set(d, 1.0);
  const auto gap = hn::Set(d, row.gap);
  const auto log_ties = hn::Set(d, row.log_ties);
  const auto two = hn::Set(d, 2.0);
  for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
    const auto beta = hn::Load(d, sums.beta + i);
    const auto weight = hn::Load(d, sums.weight + i);
    const auto shifted_gap = hn::Add(gap, hn::Load(d, sums.shift + i));
    const auto drop = hn::Mul(beta, shifted_gap);
    const auto drop_low = hn::MulSub(beta, shifted_gap, drop);
    const auto exponential = hn::Exp(d, hn::Neg(hn::Min(drop, hn::Set(d, 700.0))));
    const auto step = hn::NegMulAdd(exponential, drop_low, exponential);
    const auto rest = hn::Mul(step, weight);
    const auto total = hn::Add(ties, rest);
    const auto inverse = hn::Div(one, total);
    const auto share = hn::Mul(rest, inverse);
    const auto log_rest = hn::Log1p(d, hn::Div(rest, ties));
    const auto shifted = hn::Add(log_ties, log_rest);
    const auto depth = hn::Add(gap, hn::Load(d, sums.depth + i));
    const auto scaled_depth = hn::Mul(beta, depth);
    const auto variance = hn::Load(d, sums.variance + i);
    const auto entropy = hn::MulAdd(share, scaled_depth, shifted);
    hn::Store(total, d, laws.total + i);
    hn::Store(log_rest, d, laws.log_rest + i);
    hn::Store(hn::Mul(hn::Mul(step, step), hn::Load(d, sums.squares + i)), d, laws.squares + i);
    hn::Store(depth, d, laws.depth + i);
    hn::Store(hn::Sqrt(variance), d, laws.deviation + i);
    hn::Store(share, d, laws.rest_probability + i);
    hn::Store(shifted, d, laws.shifted_log_partition + i);
    hn::Store(entropy, d, laws.entropy_nat + i);
    hn::Store(hn::Exp(d, hn::Min(entropy, hn::Set(d, 700.0))), d, laws.exp_entropy + i);
    const auto plain = IsPlain(d, beta, weight, drop, depth, scaled_depth);
    hn::Store(hn::IfThenElseZero(plain, one), d, laws.plain + i);

    const auto top = hn::Mul(ties, inverse);
    const auto weight_error = hn::Load(d, sums.weight_error + i);
    const auto mean_error = hn::Load(d, sums.mean_error + i);
    const auto top_depth = hn::Mul(top, scaled_depth);
    const auto entropy_error = hn::MulAdd(hn::Add(one, top_depth), weight_error, mean_error);
    const auto spread = hn::MulAdd(top_depth, scaled_depth, hn::Mul(hn::Mul(beta, variance), beta));
    const auto spread_error =
        hn::MulAdd(hn::Mul(two, top_depth), mean_error, hn::Load(d, sums.variance_error + i));
    hn::Store(hn::Mul(share, entropy_error), d, laws.entropy_error + i);
    hn::Store(hn::Mul(share, weight_error), d, laws.log_partition_error + i);
    hn::Store(hn::MulAdd(two, weight_error, hn::Div(spread_error, spread)), d, laws.variance_error + i);
  }
}

/// Σw² of the rest in units of one top token from weights at 2β: into squares of `doubled`.
inline void MakeSquares(double gap, std::size_t count, SumBlock& doubled) {
  const hn::CappedTag<double, 8> d;
  for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
    const auto beta = hn::Load(d, doubled.beta + i);
    const auto shifted_gap = hn::Add(hn::Set(d, gap), hn::Load(d, doubled.shift + i));
    const auto drop = hn::Mul(beta, shifted_gap);
    const auto drop_low = hn::MulSub(beta, shifted_gap, drop);
    const auto exponential = hn::Exp(d, hn::Neg(hn::Min(drop, hn::Set(d, 700.0))));
    const auto step = hn::NegMulAdd(exponential, drop_low, exponential);
    hn::Store(hn::Mul(step, hn::Load(d, doubled.weight + i)), d, doubled.squares + i);
  }
}

}  // namespace tempsweep::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif  // include guard
