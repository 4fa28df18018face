// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <vector>

#include "tempsweep/math/ladder.hpp"

#include "backend/cpu/bin_store.hpp"
#include "backend/cpu/distinct_logits.hpp"

namespace tempsweep::cpu {

/// What a thread keeps between the rows that it inserts.
struct InsertScratch {
  BinStore bins;
  DistinctLogits distinct;
};

/// The moment ladder (math/ladder.hpp) of one row.
class MomentLadder {
 public:
  /// Tokens of a part: those of long rows can be inserted on several threads.
  static constexpr std::int64_t part_tokens = 131072;

  /// Inserts a whole row with a rest. \param steepest  largest β that sums() will be asked for
  /// \param most_levels  a row that needs more is served at no β: memory was planned for so many
  void build(const RowScan& scan, const InsertedRow& row, double steepest, InsertScratch& scratch,
             std::int64_t most_levels = ladder_most_levels);

  /// The same in steps, where several threads insert parts of a long row: begin(), insert() once for every
  /// part, each with its own scratch, and finish(). The parts do not depend on threads.
  void begin(const RowScan& scan, std::int64_t count, double steepest,
             std::int64_t most_levels = ladder_most_levels);
  [[nodiscard]] std::int64_t parts() const { return std::ssize(additions_); }
  void insert(std::int64_t part, const InsertedRow& row, BinStore& bins);
  void finish();

  /// Bytes that one of so many levels takes, and those of the scratch that inserts a row of so many tokens.
  [[nodiscard]] static std::uint64_t bytes(std::int64_t levels);
  [[nodiscard]] static std::uint64_t scratch_bytes(std::int64_t levels, std::int64_t tokens);
  /// Levels of a row of this spread, logit, at most: long rows have two more than β asks for.
  [[nodiscard]] static std::int64_t levels_for(double spread, double steepest, std::int64_t tokens);

  /// Whether β has a level.
  [[nodiscard]] bool serves(double beta) const { return level_of(beta) >= 0; }
  [[nodiscard]] const LadderShape& shape() const { return shape_; }

  /// Sums and what they err by at every β; those that have no level get a weight of 0 and infinite errors.
  /// squares stay 0.
  void sums(std::span<const double> betas, std::span<RestSums> out, std::span<SumErrors> errors) const;

  /// Whether a row can be inserted in parts; shorter ones, and those whose logits repeat, are built at once.
  [[nodiscard]] static bool has_parts(std::int64_t count) { return count > part_tokens; }

 private:
  /// None beyond `steepest`, although parts of leaves take finer levels than it asks for (fine_steepness).
  [[nodiscard]] std::int64_t level_of(double beta) const {
    return beta <= steepest_ ? shape_.level_of(beta) : -1;
  }
  void keep(std::int64_t part, BinStore& bins);
  void climb();
  void same_level(std::int64_t level, std::span<const double> betas, std::span<RestSums> out,
                  std::span<SumErrors> errors) const;

  std::int64_t count_ = 0;  ///< of the rest
  LadderShape shape_;
  double steepest_ = 0;
  bool fine_ = false;  ///< whether leaves were summed in parts
  double relative_error_ = 0;
  std::vector<double> leaves_;     ///< [parts, leaves, 16]; of the first part: of all, once finished
  std::vector<double> additions_;  ///< [parts], that a token passed at most
  std::vector<double> moments_;    ///< [levels, 128, 16]
};

}  // namespace tempsweep::cpu
