// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tempsweep/math/ladder.hpp"

#include "backend/cpu/bin_store.hpp"

namespace tempsweep::cpu {

/// The logits of a row, of which those below the maximum and not masked are inserted.
struct InsertedRow {
  const double* logits;
  std::int64_t count;
  double maximum;
  double second;  ///< l₂
};

/// The moment ladder (math/ladder.hpp) of one row.
class MomentLadder {
 public:
  /// Tokens of a part: those of long rows can be inserted on several threads.
  static constexpr std::int64_t part_tokens = 131072;

  /// Sets the levels. \param count  tokens of the row, masked and tied ones included; scan.rest() > 0
  /// \param steepest  largest β that sums() will be asked for
  void begin(const RowScan& scan, std::int64_t count, double steepest);
  [[nodiscard]] std::int64_t parts() const;
  /// Inserts one part; different parts may be inserted at the same time, each with its own scratch.
  void insert(std::int64_t part, const InsertedRow& row, BinStore& scratch);
  /// When all parts are in.
  void finish();
  /// All of it on one thread.
  void build(const RowScan& scan, const InsertedRow& row, double steepest, BinStore& scratch);

  /// Bytes that one of so many levels takes.
  [[nodiscard]] static std::uint64_t bytes(std::int64_t levels);

  /// Whether β has a level.
  [[nodiscard]] bool serves(double beta) const { return shape_.level_of(beta) >= 0; }
  [[nodiscard]] const LadderShape& shape() const { return shape_; }

  /// Sums and what they err by at every β; those that have no level get a weight of 0 and infinite errors.
  /// squares stay 0.
  void sums(std::span<const double> betas, std::span<RestSums> out, std::span<SumErrors> errors) const;

 private:
  void climb();
  void same_level(std::int64_t level, std::span<const double> betas, std::span<RestSums> out,
                  std::span<SumErrors> errors) const;

  std::int64_t row_tokens_ = 0;
  std::int64_t count_ = 0;  ///< of the rest
  LadderShape shape_;
  double relative_error_ = 0;
  std::vector<double> leaves_;     ///< [parts, leaves, 16]; of the first part: of all, once finished
  std::vector<double> additions_;  ///< [parts], that a token passed at most
  std::vector<double> moments_;    ///< [levels, 128, 16]
};

}  // namespace tempsweep::cpu
