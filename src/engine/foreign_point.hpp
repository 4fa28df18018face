// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tempsweep/core/sampling.hpp"
#include "tempsweep/stats/point_statistics.hpp"

namespace tempsweep {

/// The law that somebody claims to have drawn from: softmax(l / T) of a row, cut by top-k, top-p and min-p.
class ClaimedLaw {
 public:
  /// `logits`: the vocabulary in the input's order, at least one unmasked, no NaN or +inf. `temperature` >=
  /// 0.
  ClaimedLaw(std::span<const double> logits, double temperature, const Truncation& truncation);

  /// Tokens, most probable first, ties by lower index; masked ones last.
  [[nodiscard]] const std::vector<std::uint32_t>& order() const { return order_; }
  /// Depths in that order; infinite for masked tokens and those cut away.
  [[nodiscard]] const std::vector<double>& depth() const { return depth_; }
  [[nodiscard]] double beta() const { return beta_; }
  [[nodiscard]] double temperature() const { return temperature_; }
  /// Tokens that the truncation leaves.
  [[nodiscard]] std::int64_t survivors() const { return left_by_min_p_; }
  /// 1 for those, by index.
  [[nodiscard]] std::vector<std::uint8_t> kept() const;
  /// Why a token of probability 0 has it, by its place in the order: "is outside top-k 50".
  [[nodiscard]] std::string why_impossible(std::size_t place) const;

 private:
  double temperature_;
  double beta_;
  Truncation truncation_;
  std::vector<std::uint32_t> order_;
  std::vector<double> depth_;
  std::int64_t unmasked_ = 0;
  std::int64_t left_by_top_k_ = 0;
  std::int64_t left_by_top_p_ = 0;
  std::int64_t left_by_min_p_ = 0;
};

/// A token that was drawn although it cannot be.
struct ImpossibleDraw {
  std::int64_t token = 0;
  std::uint64_t count = 0;
  std::string why;
};

/// A token, or several that stand together, and what was drawn of them.
struct TokenCount {
  std::int64_t token = -1;  ///< -1: several rare tokens pooled
  std::int64_t tokens = 1;  ///< how many share the place: ties at the top
  double observed = 0;
  double expected = 0;
};

/// Somebody's draws of one row, judged.
struct ForeignPoint {
  std::int64_t row = 0;
  std::uint64_t draws = 0;
  std::int64_t survivors = 0;
  PointStatistics statistics;  ///< of the draws that can be; but total_variation is that of all
  TokenCount top;
  TokenCount residual;  ///< the cell of statistics.residual
  std::int64_t impossible_tokens = 0;
  std::uint64_t impossible_draws = 0;
  std::vector<ImpossibleDraw> impossible;  ///< the most probable of them in the full law, ten at most
};

/// Judges counts [V] in the input's order. `row` addresses the randomised p-value.
[[nodiscard]] ForeignPoint judge_foreign(const ClaimedLaw& law, std::span<const std::uint64_t> counts,
                                         std::int64_t row, PointScratch& scratch);

}  // namespace tempsweep
