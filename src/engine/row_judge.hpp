// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tempsweep/core/sampling.hpp"
#include "tempsweep/math/integer_law.hpp"
#include "tempsweep/math/ordered_row.hpp"
#include "tempsweep/stats/point_statistics.hpp"

namespace tempsweep {

/// What a point's random words are addressed by, its vocabulary size apart.
struct PointAddress {
  double temperature;
  std::uint64_t seed;
  std::int64_t row;  ///< of the whole input
};

/// The tokens of the `size` highest logits, ties to the lower index, ascending: a vocabulary by rank.
[[nodiscard]] std::vector<std::uint32_t> rank_vocabulary(std::span<const double> logits, std::int64_t size);

/// Judges draws from one row, at any temperature: the law in its order, cut by a truncation, and beyond 2³²
/// draws as the integers of the sampling table, where the sampler has one. One a thread.
class RowJudge {
 public:
  RowJudge(Sampler sampler, const Truncation& truncation) : sampler_(sampler), truncation_(truncation) {}

  /// Takes a row that is a law, and sorts it once for all temperatures. Both spans must outlive the judging.
  /// \param logits  by token of the input
  /// \param tokens  the vocabulary, ascending; empty: the first `size` tokens
  void load(std::span<const double> logits, std::span<const std::uint32_t> tokens, std::int64_t size);

  /// \param count  draws by token of the input, `samples` in all
  [[nodiscard]] PointStatistics judge(const PointAddress& address, std::span<const std::uint64_t> count,
                                      std::uint64_t samples);

  /// The point's law without draws: depths in order, cut at the survivors, and the table's probabilities
  /// where `samples` asks for them. Valid until the next call.
  [[nodiscard]] PointCase law_at(const PointAddress& address, std::uint64_t samples);
  /// What samplers start from at this temperature, by place in the vocabulary: weights, 0 where the
  /// truncation cut a token off, and the integers that tables make of them. Valid until the next call.
  [[nodiscard]] std::span<const double> weights_at(double temperature);
  [[nodiscard]] const IntegerLaw& integers_at(double temperature);
  /// Places of the vocabulary, most probable first.
  [[nodiscard]] std::span<const std::uint32_t> order() const { return order_; }

  /// Bytes that a row of `vocabulary` tokens takes.
  [[nodiscard]] static std::uint64_t bytes(std::int64_t vocabulary, std::uint64_t samples, bool truncated);

 private:
  [[nodiscard]] std::size_t token(std::uint32_t place) const {
    return tokens_.empty() ? place : tokens_[place];
  }
  [[nodiscard]] double logit(std::uint32_t place) const { return logits_[token(place)]; }
  [[nodiscard]] double depth_of(std::uint32_t place) const;
  [[nodiscard]] std::size_t survivors_at(double temperature) const;

  Sampler sampler_;
  Truncation truncation_;
  std::span<const double> logits_;
  std::span<const std::uint32_t> tokens_;
  std::vector<std::uint32_t> order_;
  std::vector<double> depth_;  ///< in order; +inf for masked tokens alone
  std::vector<double> cut_;    ///< the same, +inf beyond the survivors
  std::vector<OrderedNode> nodes_;
  OrderedRow ordered_{};
  std::vector<double> probability_;  ///< the table's
  std::vector<std::uint64_t> count_;
  std::vector<double> weights_;
  LawScratch law_scratch_;
  IntegerLaw integers_;
  PointScratch scratch_;
};

}  // namespace tempsweep
