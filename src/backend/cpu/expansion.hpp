// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tempsweep/core/method_choice.hpp"
#include "tempsweep/math/octave_series.hpp"

#include "backend/cpu/ladder.hpp"
#include "backend/cpu/point_block.hpp"

namespace tempsweep::cpu {

/// One row's sums at any β without its tokens: a moment ladder, and series in β made from it.
class Expansion {
 public:
  /// \param scan, row  with a rest
  void build(const RowScan& scan, const InsertedRow& row, const MethodChoice& choice, InsertScratch& scratch);
  /// The same in steps (MomentLadder::begin); finish() with the choice of begin().
  void begin(const RowScan& scan, const InsertedRow& row, const MethodChoice& choice);
  [[nodiscard]] std::int64_t parts() const { return ladder_.parts(); }
  void insert(std::int64_t part, const InsertedRow& row, BinStore& bins) { ladder_.insert(part, row, bins); }
  void finish(const MethodChoice& choice);

  /// Not ready until it is built again.
  void clear();
  /// MomentLadder::start()
  void start(bool keeps) { ladder_.start(keeps); }
  [[nodiscard]] bool ready() const { return ready_; }

  /// Bytes of one by this choice, at most.
  [[nodiscard]] static std::uint64_t bytes(const MethodChoice& choice, bool keeps = false);

  /// Sums at the block's first `count` betas whose octave has a series; the origin of the others is left as
  /// it is. Betas ascend or descend.
  void interpolate(SumBlock& block, std::size_t count) const;
  /// Sums from moments at these points of a block; where no level serves β, their errors are infinite.
  void expand(SumBlock& block, std::span<const std::size_t> points) const;

 private:
  void add_series(const MethodChoice& choice);

  bool ready_ = false;
  MomentLadder ladder_;
  std::vector<int> octaves_;  ///< ascending
  std::vector<OctaveSeries> series_;
};

}  // namespace tempsweep::cpu
