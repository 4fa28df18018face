// SPDX-License-Identifier: Apache-2.0
// Interpolated sums. Compiled once per instruction set by expansion.cpp; the guard below is toggled on
// purpose.
#if defined(TEMPSWEEP_CPU_OCTAVE_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef TEMPSWEEP_CPU_OCTAVE_INL
#undef TEMPSWEEP_CPU_OCTAVE_INL
#else
#define TEMPSWEEP_CPU_OCTAVE_INL
#endif

HWY_BEFORE_NAMESPACE();
namespace tempsweep::cpu::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// octave_coefficient() for every k at once, its operations in its order.
inline void MakeCoefficients(const OctaveSamples& samples, const CosineMatrix& cosines, OctaveSeries& out) {
#if !HWY_NATIVE_FMA || HWY_TARGET == HWY_SCALAR
  // A product and what it loses need a fused multiply-add: here the library's.
  for (int k = 0; k < octave_nodes; ++k) {
    octave_coefficient(samples.f, cosines.table.cosine, cosines.table.low, k, out);
  }
#else
  const hn::CappedTag<double, 8> d;
  HWY_ALIGN double coefficients[octave_row];
  for (std::size_t r = 0; r < 3; ++r) {
    for (std::size_t k = 0; k < octave_row; k += hn::Lanes(d)) {
      auto sum = hn::Zero(d);
      auto lost = hn::Zero(d);
      for (std::size_t i = 0; i < octave_nodes; ++i) {
        const auto f = hn::Set(d, samples.f[i][r]);
        const auto cosine = hn::Load(d, cosines.high[i] + k);
        const auto product = hn::Mul(cosine, f);
        const auto next = hn::Add(sum, product);
        const auto taken = hn::Sub(next, sum);
        const auto slip = hn::Add(hn::Sub(sum, hn::Sub(next, taken)), hn::Sub(product, taken));
        const auto rounded = hn::Add(slip, hn::MulSub(cosine, f, product));
        lost = hn::Add(lost, hn::Add(rounded, hn::Mul(hn::Load(d, cosines.low[i] + k), f)));
        sum = next;
      }
      hn::Store(hn::Div(hn::Mul(hn::Add(sum, lost), hn::Set(d, 2.0)), hn::Set(d, octave_nodes)), d,
                coefficients + k);
    }
    coefficients[0] /= 2;
    std::copy_n(coefficients, octave_nodes, out.coefficients[r]);
  }
#endif
}

/// Sums of one octave at the points of a block from `first` on; whole vectors, so up to seven points beyond
/// `last` are written, too. octave_errors() in its order.
inline void EvaluateOctave(const OctaveSeries& series, double begin, std::size_t first, std::size_t last,
                           SumBlock& block) {
  const hn::CappedTag<double, 8> d;
  using V = hn::Vec<decltype(d)>;
  const auto magnitude = [](V x) { return hn::Abs(x); };
  const auto shift = hn::Set(d, series.shift);
  const auto argument = hn::Set(d, 0x1p-52 * series.shift);
  for (std::size_t i = first; i < last; i += hn::Lanes(d)) {
    const auto beta = hn::LoadU(d, block.beta + i);
    // Both differences are exact near the ends, and x = 2β/begin − 3 is within a rounding of them.
    const auto x = hn::MulSub(beta, hn::Set(d, 2 / begin), hn::Set(d, 3.0));
    const auto twice = hn::Add(x, x);
    V next[3] = {hn::Zero(d), hn::Zero(d), hn::Zero(d)};
    V after[3] = {hn::Zero(d), hn::Zero(d), hn::Zero(d)};
    for (std::size_t k = octave_nodes - 1; k > 0; --k) {
      for (std::size_t r = 0; r < 3; ++r) {
        const auto now = hn::MulAdd(twice, next[r], hn::Sub(hn::Set(d, series.coefficients[r][k]), after[r]));
        after[r] = next[r];
        next[r] = now;
      }
    }
    V f[3];
    for (std::size_t r = 0; r < 3; ++r) {
      f[r] = hn::MulAdd(x, next[r], hn::Sub(hn::Set(d, series.coefficients[r][0]), after[r]));
    }
    const auto inverse = hn::Div(hn::Set(d, 1.0), f[0]);
    const auto offset = hn::Mul(f[1], inverse);
    const auto second = hn::Mul(f[2], inverse);
    hn::StoreU(f[0], d, block.weight + i);
    hn::StoreU(hn::Add(shift, offset), d, block.depth + i);
    hn::StoreU(hn::Max(hn::Zero(d), hn::NegMulAdd(offset, offset, second)), d, block.variance + i);
    hn::StoreU(hn::Zero(d), d, block.squares + i);
    hn::StoreU(shift, d, block.shift + i);

    const auto distance = magnitude(offset);
    const auto weight_error = hn::Mul(hn::Set(d, series.error[0]), inverse);
    const auto mean_error = hn::MulAdd(distance, weight_error, hn::Mul(hn::Set(d, series.error[1]), inverse));
    const auto variance_error =
        hn::Add(hn::MulAdd(hn::Set(d, series.error[2]), inverse, hn::Mul(second, weight_error)),
                hn::Mul(hn::Add(distance, distance), mean_error));
    hn::StoreU(hn::MulAdd(argument, beta, weight_error), d, block.weight_error + i);
    hn::StoreU(hn::Mul(beta, mean_error), d, block.mean_error + i);
    hn::StoreU(hn::Mul(hn::Mul(beta, variance_error), beta), d, block.variance_error + i);
  }
}

}  // namespace tempsweep::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif  // include guard
