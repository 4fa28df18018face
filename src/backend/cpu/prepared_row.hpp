// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "tempsweep/core/vocabulary.hpp"
#include "tempsweep/math/row_scan.hpp"

#include "backend/cpu/aligned_vector.hpp"
#include "backend/cpu/expansion.hpp"
#include "backend/cpu/ordering.hpp"

namespace tempsweep::cpu {

/// A row at one vocabulary size, scanned; buffers are kept between rows.
struct PreparedRow {
  RowScan scan;
  std::span<const double> logits;     ///< of the vocabulary, in ascending token order
  std::vector<std::uint32_t> tokens;  ///< input index of each; empty: 0 … V − 1
  double label_depth = std::numeric_limits<double>::quiet_NaN();         ///< see Law::label_depth
  double unit_log_partition = std::numeric_limits<double>::quiet_NaN();  ///< see Law::unit_log_partition
  OrderedTokens ordered{};         ///< empty unless a metric of the order is wanted
  std::vector<double> selected{};  ///< storage of `logits` where they are no prefix of the row
  std::vector<double> ranked{};    ///< by rank: the row's logits, those of the vocabulary first
  Expansion expansion{};           ///< ready where the method is not the direct one
};

[[nodiscard]] inline InsertedRow inserted(const PreparedRow& row) {
  return {row.logits.data(), std::ssize(row.logits), row.scan.maximum, row.scan.second};
}

/// The tokens below the top of one row, as the sums want them. A thread makes it anew for each row that it
/// evaluates: it stays in the core's cache, and the rows of a block need no memory for it.
struct Rest {
  const PreparedRow* row = nullptr;  ///< whose it is
  AlignedVector<double> depths;      ///< l₂ − l, followed by 8 zeros
  std::int64_t count = 0;
  double deepest = 0;  ///< largest of the depths
};

/// Makes `rest` that of `row`, unless it is already.
void collect_rest(const PreparedRow& row, Rest& rest);

/// One read of the logits: maximum, ties, second distinct value, masked tokens, first bad column.
[[nodiscard]] RowScan scan_row(std::span<const double> logits);

/// One input row, and how much of it is the vocabulary.
struct RowToPrepare {
  std::span<const double> logits;  ///< of the whole row
  std::int64_t vocabulary_size = 0;
  VocabularyBy by = VocabularyBy::prefix;
  std::int64_t label = -1;  ///< true token (input index), or −1
};

/// Fills `row` from the logits of one input row.
void prepare_row(const RowToPrepare& input, PreparedRow& row);

/// The same for a row that is prepared at a smaller vocabulary: only what that has not shown is looked at.
void grow_row(const RowToPrepare& input, PreparedRow& row);

}  // namespace tempsweep::cpu
