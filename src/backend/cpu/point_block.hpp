// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "tempsweep/math/error_bounds.hpp"
#include "tempsweep/math/metrics.hpp"

namespace tempsweep::cpu {

/// Points of one row that go through the loops together: what they hold stays in the core's cache.
inline constexpr std::size_t block_points = 128;
inline constexpr std::size_t block_capacity = block_points + 8;  ///< loops write whole vectors

/// Where a point's sums come from, the more exact first.
enum class Origin : std::uint8_t { limit, direct, expansion, interpolation };

/// RestSums and SumErrors of the points, member by member. The errors of exact direct sums stay 0: what
/// they err by holds for the whole row (direct_error_bounds).
struct SumBlock {
  alignas(64) double beta[block_capacity];
  alignas(64) double weight[block_capacity];
  alignas(64) double depth[block_capacity];
  alignas(64) double variance[block_capacity];
  alignas(64) double squares[block_capacity];
  alignas(64) double shift[block_capacity];
  alignas(64) double weight_error[block_capacity];
  alignas(64) double mean_error[block_capacity];
  alignas(64) double variance_error[block_capacity];
  Origin origin[block_capacity];

  [[nodiscard]] RestSums sums(std::size_t i) const {
    return {weight[i], depth[i], variance[i], squares[i], shift[i]};
  }
  [[nodiscard]] SumErrors errors(std::size_t i) const {
    return {weight_error[i], mean_error[i], variance_error[i]};
  }
  void set(std::size_t i, const RestSums& at, const SumErrors& stated, Origin from) {
    weight[i] = at.weight;
    depth[i] = at.depth;
    variance[i] = at.variance;
    squares[i] = at.squares;
    shift[i] = at.shift;
    weight_error[i] = stated.log_weight;
    mean_error[i] = stated.mean;
    variance_error[i] = stated.variance;
    origin[i] = from;
  }
};

/// PlainLaw of the points, member by member, and what they err by. Lanes that are no plain law hold nothing
/// of use.
struct LawBlock {
  alignas(64) double total[block_capacity];
  alignas(64) double log_rest[block_capacity];
  alignas(64) double squares[block_capacity];
  alignas(64) double depth[block_capacity];
  alignas(64) double deviation[block_capacity];
  alignas(64) double rest_probability[block_capacity];
  alignas(64) double shifted_log_partition[block_capacity];
  alignas(64) double entropy_nat[block_capacity];
  alignas(64) double exp_entropy[block_capacity];
  alignas(64) double entropy_error[block_capacity];
  alignas(64) double log_partition_error[block_capacity];
  alignas(64) double variance_error[block_capacity];
  alignas(64) double plain[block_capacity];  ///< 1 where the lane is a plain law, else 0

  [[nodiscard]] LawErrors errors(std::size_t i) const {
    return {entropy_error[i], log_partition_error[i], variance_error[i]};
  }
};

/// What all points of a row share.
struct RowFacts {
  double maximum = 0;
  double ties = 1;
  double log_ties = 0;
  double gap = 0;  ///< m − l₂
  double unit_log_partition = 0;
  double label_depth = 0;
};

/// Puts the top group back on top of `count` sums, as make_law() does, eight temperatures at a time.
void make_laws(const RowFacts& row, const SumBlock& sums, std::size_t count, LawBlock& laws);

/// Gives the laws whose tokens were not summed their Σw² from sums at 2β.
void take_squares(const RowFacts& row, SumBlock& doubled, std::size_t count, const SumBlock& sums,
                  LawBlock& laws);

/// Law i, where it is plain.
[[nodiscard]] PlainLaw law_at(const RowFacts& row, const SumBlock& sums, const LawBlock& laws, std::size_t i);

/// A metric of `count` laws; lanes that are not plain get values without meaning.
void evaluate_metric(MetricId id, const RowFacts& row, const SumBlock& sums, const LawBlock& laws,
                     std::size_t count, double* out);

}  // namespace tempsweep::cpu
