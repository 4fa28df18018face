// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tempsweep/math/ladder.hpp"

namespace tempsweep::cpu {

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

/// The moment ladder (math/ladder.hpp) of one row.
class MomentLadder {
 public:
  /// \param depths    l₂ − l ≥ 0 of the rest, [count > 0], the smallest 0; readable up to the next multiple
  /// of 8 \param deepest   largest of them \param steepest  largest β that sums() will be asked for: the
  /// number of levels follows from it. \param leaves  scratch
  void build(const double* depths, std::int64_t count, double deepest, double steepest, LeafStore& leaves);

  /// Bytes that one of so many levels takes.
  [[nodiscard]] static std::uint64_t bytes(std::int64_t levels);

  /// Whether β has a level.
  [[nodiscard]] bool serves(double beta) const { return shape_.level_of(beta) >= 0; }
  [[nodiscard]] const LadderShape& shape() const { return shape_; }

  /// Sums and what they err by at every β; those that have no level get a weight of 0 and infinite errors.
  /// squares stay 0.
  void sums(std::span<const double> betas, std::span<RestSums> out, std::span<SumErrors> errors) const;

 private:
  void climb(const LeafStore& leaves);
  void same_level(std::int64_t level, std::span<const double> betas, std::span<RestSums> out,
                  std::span<SumErrors> errors) const;

  std::int64_t count_ = 0;
  LadderShape shape_;
  double relative_error_ = 0;
  std::vector<double> moments_;  ///< [levels, 128, 16]
};

}  // namespace tempsweep::cpu
