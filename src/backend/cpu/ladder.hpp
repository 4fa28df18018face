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
  void begin(const RowScan& scan, const InsertedRow& row, double steepest,
             std::int64_t most_levels = ladder_most_levels);
  [[nodiscard]] std::int64_t parts() const { return parts_ - first_part_; }
  void insert(std::int64_t part, const InsertedRow& row, BinStore& bins);
  void finish();

  /// The rows that follow begin with one another's tokens (keeps), or have nothing to do with those before:
  /// whole parts of a row then need no second insertion into the next one's, while maximum and l₂ stay.
  void start(bool keeps);

  /// Bytes that one of so many levels takes, with or without the parts that start() keeps, and those of the
  /// scratch that inserts a row of so many tokens.
  [[nodiscard]] static std::uint64_t bytes(std::int64_t levels, bool keeps = false);
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
  /// Sums over the whole parts of a row that begins as this one does.
  struct KeptParts {
    std::int64_t parts = 0;
    double additions = 0;  ///< that a token passed at most
    double maximum = 0;
    double second = 0;
    double scale = 0;            ///< of the leaves' places
    std::vector<double> leaves;  ///< [leaves, 16]
  };

  void lay_out(const RowScan& scan, std::int64_t count, double steepest, std::int64_t most_levels);
  void resume(const InsertedRow& row);
  void put(std::size_t slot, BinStore& bins);
  void add_part(std::size_t slot, bool whole);
  void climb();
  void same_level(std::int64_t level, std::span<const double> betas, std::span<RestSums> out,
                  std::span<SumErrors> errors) const;

  std::int64_t count_ = 0;  ///< of the rest
  LadderShape shape_;
  double steepest_ = 0;
  bool fine_ = false;  ///< whether leaves were summed in parts
  double relative_error_ = 0;
  bool keeps_ = false;
  KeptParts kept_;
  std::int64_t first_part_ = 0;    ///< the parts before it come from kept_
  std::int64_t parts_ = 0;         ///< of the whole row
  std::int64_t whole_parts_ = 0;   ///< of them, those that a longer row has, too
  std::vector<double> leaves_;     ///< [slots, leaves, 16], of parts
  std::vector<double> additions_;  ///< [slots], that a token passed at most
  std::vector<double> total_;      ///< [leaves, 16], of the parts that were added
  double most_additions_ = 0;
  std::vector<double> moments_;  ///< [levels, 128, 16]
};

}  // namespace tempsweep::cpu
