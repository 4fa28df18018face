// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tempsweep/math/error_bounds.hpp"

namespace tempsweep::cpu {

inline constexpr int ladder_bins = 128;            ///< of a level
inline constexpr std::size_t ladder_moments = 16;  ///< stored of a bin
inline constexpr std::size_t ladder_terms = 14;  ///< of the series: two fewer, since Σt²e^(ut) needs M_(k+2)
inline constexpr std::uint32_t ladder_run = 64;  ///< tokens summed one after another before a sum is closed

/// Moments of the leaves while a row is inserted. Runs of 64 tokens close into sums, 64 of those into totals,
/// so that no token passes more than 128 additions and what its totals take.
struct LeafStore {
  std::vector<double> run, sum, total;  ///< [leaves, 16]
  std::vector<std::uint32_t> count;     ///< tokens of each leaf

  void reset(std::size_t leaves);
  void close_run(std::size_t leaf);
  /// Closes everything; the moments stand in `total`.
  void close_all();
};

/// Sums over a row's rest whose cost does not depend on its length (the fast multipole idea in one dimension:
/// Rokhlin 1988; Strain 1992). One pass puts every token into a bin of a log-linear ladder anchored at l₂ and
/// adds up powers of its place t there; then, u = β·(half the bin),
///   Σ e^(−βy) = e^(−βc) Σ_k M_k u^k/k!
/// Level j has 128 bins of half-width h₀·2^−j; a token is inserted once, at the finest level that holds it,
/// and coarser levels follow by exact shifts. At β the first level with u ≤ ½ is taken: 14 terms err
/// by 1.2e-15 relative there, and its 128 bins reach at least 64/β below the anchor.
class MomentLadder {
 public:
  /// \param depths    l₂ − l ≥ 0 of the rest, [count > 0], the smallest 0; readable up to the next multiple
  /// of 8 \param deepest   largest of them \param steepest  largest β that sums() will be asked for: the
  /// number of levels follows from it.
  void build(const double* depths, std::int64_t count, double deepest, double steepest);

  /// Whether β has a level: it has up to the `steepest` of build(), unless that asked for too many.
  [[nodiscard]] bool serves(double beta) const;
  /// Sums at every β ≥ 0; those that have no level get a weight of 0. squares stay 0.
  void sums(std::span<const double> betas, std::span<RestSums> out) const;
  /// Bounds from the bins and moments actually used. \param at  what sums() gave at this β.
  [[nodiscard]] SumErrors errors(double beta, const RestSums& at) const;
  /// Absolute bound on V″, logit²: it says something where V″ is 0, too.
  [[nodiscard]] double variance_error(double beta, const RestSums& at) const;

 private:
  [[nodiscard]] int level_of(double beta) const;
  [[nodiscard]] double half_width(int level) const;
  [[nodiscard]] double relative_error() const;
  void climb();

  std::int64_t count_ = 0;
  double root_half_width_ = 0;  ///< h₀, a power of two; 0: every depth is 0
  int levels_ = 0;
  std::uint32_t longest_ = 0;  ///< additions that a token passes at most
  LeafStore leaves_;
  std::vector<double> moments_;  ///< [levels, 128, 16]
};

}  // namespace tempsweep::cpu
