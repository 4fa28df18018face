// SPDX-License-Identifier: Apache-2.0
// Sums over a row's rest whose cost does not depend on its length (the fast multipole idea in one dimension:
// Rokhlin 1988; Strain 1992). Tokens are put into bins of a log-linear ladder anchored at l₂, as sums of
// powers of their place t in [−1, 1] of the bin; then, u = β·(half the bin),
//   Σ e^(−βy) = e^(−βc) Σ_k M_k u^k/k!
// Level j has 128 bins of half-width h₀·2^−j. A token is inserted once, at the finest level that holds it,
// and coarser levels follow by exact shifts. At β the first level with u ≤ ½ is taken: 14 terms err
// by 1.3e-15 relative there, and its 128 bins reach at least 64/β below the anchor. Geometry and error
// statements are shared by the backends.
#pragma once

#include <cmath>
#include <cstdint>

#include "tempsweep/math/bits.hpp"
#include "tempsweep/math/error_bounds.hpp"
#include "tempsweep/math/host_device.hpp"
#include "tempsweep/math/law.hpp"

namespace tempsweep {

inline constexpr int ladder_bins = 128;                ///< of a level
inline constexpr int ladder_moments = 16;              ///< stored of a bin
inline constexpr int ladder_terms = 14;                ///< two fewer, since Σt²e^(ut) needs M_(k+2)
inline constexpr int ladder_octave = ladder_bins / 2;  ///< bins of a level that no finer level has
inline constexpr int ladder_most_levels = 64;

/// The levels of one row.
struct LadderShape {
  double root_half_width = 0;  ///< h₀, a power of two, logit; 0: no ladder can be made
  std::int64_t levels = 0;

  [[nodiscard]] TEMPSWEEP_HD double half_width(std::int64_t level) const {
    return root_half_width * double_of(static_cast<std::uint64_t>(1023 - level) << 52U);
  }
  /// First level with βh ≤ ½, or −1: β ≤ 0, or steeper than the finest level serves.
  [[nodiscard]] TEMPSWEEP_HD std::int64_t level_of(double beta) const {
    if (!(beta > 0) || levels == 0) {
      return -1;
    }
    std::int64_t level = 0;
    while (level < levels && !(beta * half_width(level) <= 0.5)) {
      ++level;
    }
    return level < levels ? level : -1;
  }
  /// Leaves: 64 at the finest level, then 64 a level in the upper half of its bins, finest first.
  [[nodiscard]] TEMPSWEEP_HD std::int64_t leaves() const { return ladder_octave * (levels + 1); }
  /// Makes z = y·scale count the finest bins.
  [[nodiscard]] TEMPSWEEP_HD double scale() const { return 1 / (2 * half_width(levels - 1)); }
};

/// \param deepest   largest depth below l₂, logit
/// \param steepest  largest β that is going to be asked for
TEMPSWEEP_HD inline LadderShape make_ladder_shape(double deepest, double steepest) {
  LadderShape shape;
  if (!(deepest > 0x1p-900 && deepest < 0x1p900)) {
    return shape;  // beyond, nothing can be said of widths; a rest of equal tokens needs no bins
  }
  int exponent = 0;
  (void)std::frexp(deepest, &exponent);  // 2^exponent > deepest
  shape.root_half_width = std::ldexp(1.0, exponent) / (2 * ladder_bins);
  shape.levels = 1;
  while (shape.levels < ladder_most_levels && steepest * shape.half_width(shape.levels - 1) > 0.5) {
    ++shape.levels;
  }
  return shape;
}

/// Where a token at z = y·scale goes: below 64 to leaf ⌊z⌋, from there on to one of 64 leaves an octave,
/// whose number stands in the top bits of z. t = 1 − 2·(fraction of the leaf), exact in both.
struct LeafPlace {
  std::int64_t leaf = 0;
  double t = 0;
};

TEMPSWEEP_HD inline LeafPlace leaf_place(double z) {
  constexpr int below = 52 - 6;
  if (z < ladder_octave) {
    const double whole = std::floor(z);
    return {static_cast<std::int64_t>(whole), 1 - 2 * (z - whole)};
  }
  const std::uint64_t bits = bits_of(z);
  const auto leaf = static_cast<std::int64_t>(bits >> below) - ((std::int64_t{1023 + 6} << 6) - 64);
  const double fraction =
      double_of((bits << 6U & ((std::uint64_t{1} << 52U) - 1)) | std::uint64_t{1023} << 52U);
  return {leaf, 1 - 2 * (fraction - 1)};
}

/// Relative error of every bin's part of a sum, when its moments took `additions` roundings and `levels`
/// shifts (three roundings each, coefficients of sum 1): the series leaves out e^u u^14/14! at u = ½; from
/// its small end it rounds by 6 units, and twice more with its decay.
TEMPSWEEP_HD inline double ladder_relative_error(double additions, double levels) {
  return 1.3e-15 + 0x1p-53 * (additions + 3 * levels + 6 + 2);
}

/// What e^(−u(2b+1)) may err by, in units of 2⁻⁵³, however deep the bin.
inline constexpr double ladder_decay_units = 24;

/// What sums of a ladder err by. A bin's part passes 11 additions. The errors of its weight meet its place in
/// both S and Z, so βμ moves by their size times E|x − x̄| ≤ √C, by those of its first moment, and by what the
/// two sums round apart: of offsets from a mean that a first pass found and a second one corrects. Within a
/// bin offset² − 2·offset·t + t² cancels down to the spread, from terms of at most 4h² each. What lies beyond
/// the bins, X ≥ 64 nat down, counts at most N(1 + X)²e^−X ≤ 7e-25 N in any of the sums.
///
/// \param relative    ladder_relative_error()
/// \param at          the sums at this β
/// \param half_width  of the level that β takes, logit
/// \param tokens      N, of the rest
TEMPSWEEP_HD inline SumErrors ladder_errors(double relative, double beta, const RestSums& at,
                                            double half_width, double tokens) {
  constexpr double unit = 0x1p-53;
  const double x = beta * at.depth;
  const double u = beta * half_width;
  const double root = beta * std::sqrt(at.variance);  // √C
  const double tail = 7e-25 * tokens;
  const double bin = relative + unit * ladder_decay_units;
  const double weight = bin + 12 * unit;
  const double mean = bin * root + relative * u + unit * (28 * root + 3 * x);
  const double variance = 2 * (bin + 14 * unit) * root * root + (relative + 14 * unit) * 16 * u * u;
  return {weight + tail, mean + tail, variance + tail, bin};
}

}  // namespace tempsweep
