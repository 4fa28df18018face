// SPDX-License-Identifier: Apache-2.0
#include "engine/foreign_point.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "tempsweep/math/exp2.hpp"
#include "tempsweep/math/law.hpp"
#include "tempsweep/math/truncation.hpp"

#include "engine/row_order.hpp"

namespace tempsweep {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::size_t most_named = 10;

/// Tokens that cannot be drawn and were: named, and taken out of the counts.
void take_impossible(const ClaimedLaw& law, std::span<const double> probability,
                     std::span<std::uint64_t> counts, ForeignPoint& point) {
  for (std::size_t place = 0; place < counts.size(); ++place) {
    if (counts[place] == 0 || probability[place] > 0) continue;
    ++point.impossible_tokens;
    point.impossible_draws += counts[place];
    if (point.impossible.size() < most_named) {
      point.impossible.push_back({law.order()[place], counts[place], law.why_impossible(place)});
    }
    counts[place] = 0;
  }
}

TokenCount top_of(const ClaimedLaw& law, std::span<const double> probability,
                  std::span<const std::uint64_t> counts, double draws) {
  TokenCount top{law.order().front(), 0, 0, 0};
  for (std::size_t place = 0; place < counts.size() && law.depth()[place] == 0; ++place) {
    ++top.tokens;
    top.observed += static_cast<double>(counts[place]);
    top.expected += draws * probability[place];
  }
  return top;
}

/// Cells begin at the rare end; those of single tokens come last, the most probable token at the very end.
TokenCount residual_of(const ClaimedLaw& law, std::span<const double> probability,
                       const ChiSquareScratch& cells, std::size_t cell) {
  if (cell >= cells.expected.size()) return {};
  TokenCount residual{-1, 1, cells.observed[cell], cells.expected[cell]};
  const std::size_t place = cells.expected.size() - 1 - cell;
  const double draws = std::accumulate(cells.expected.begin(), cells.expected.end(), 0.0);
  const bool single = std::abs(draws * probability[place] - residual.expected) <= 1e-9 * residual.expected;
  if (single) residual.token = law.order()[place];
  return residual;
}

}  // namespace

ClaimedLaw::ClaimedLaw(std::span<const double> logits, double temperature, const Truncation& truncation)
    : temperature_(temperature + 0.0),
      beta_(inverse_temperature(temperature)),
      truncation_(truncation),
      depth_(logits.size()) {
  order_by_logit(
      logits.size(), [&](std::uint32_t token) { return logits[token]; }, order_);
  std::transform(order_.begin(), order_.end(), depth_.begin(),
                 [&](std::uint32_t token) { return token_depth(logits[order_.front()], logits[token]); });
  std::vector<OrderedNode> nodes;
  const OrderedRow row = ordered_view(depth_, nodes);
  unmasked_ = row.unmasked;
  Truncation steps;
  const auto left = [&] { return tempsweep::survivors(row, temperature_, survivor_levels(steps)); };
  steps.top_k = truncation.top_k;
  left_by_top_k_ = left();
  steps.top_p = truncation.top_p;
  left_by_top_p_ = left();
  steps.min_p = truncation.min_p;
  left_by_min_p_ = left();
  std::fill(depth_.begin() + left_by_min_p_, depth_.end(), infinity);
}

std::vector<std::uint8_t> ClaimedLaw::kept() const {
  std::vector<std::uint8_t> kept(order_.size(), 0);
  for (std::int64_t i = 0; i < left_by_min_p_; ++i) kept[order_[static_cast<std::size_t>(i)]] = 1;
  return kept;
}

std::string ClaimedLaw::why_impossible(std::size_t place) const {
  const auto rank = static_cast<std::int64_t>(place);
  if (rank >= unmasked_) return "is masked: its logit is -inf";
  if (rank >= left_by_top_k_) return fmt::format("is outside top-k {}", truncation_.top_k);
  if (rank >= left_by_top_p_) return fmt::format("is outside top-p {}", truncation_.top_p);
  if (rank >= left_by_min_p_) return fmt::format("is below min-p {}", truncation_.min_p);
  if (is_zero_limit(temperature_)) return "is no top token, and T = 0 draws nothing else";
  return fmt::format("has a probability below the smallest double: it lies {:.6g} nat below the top",
                     beta_ * depth_[place]);
}

ForeignPoint judge_foreign(const ClaimedLaw& law, std::span<const std::uint64_t> counts, std::int64_t row,
                           PointScratch& scratch) {
  std::vector<std::uint64_t> sorted(counts.size());
  std::transform(law.order().begin(), law.order().end(), sorted.begin(),
                 [&](std::uint32_t token) { return counts[token]; });
  ForeignPoint point;
  point.row = row;
  point.draws = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  std::vector<double> probability;
  static_cast<void>(make_point_law(law.depth(), law.beta(), probability));
  point.survivors = std::count_if(probability.begin(), probability.end(), [](double p) { return p > 0; });
  const double variation = total_variation(probability, sorted, point.draws);
  take_impossible(law, probability, sorted, point);
  const std::uint64_t possible = point.draws - point.impossible_draws;
  point.statistics = judge_point({law.depth(),
                                  sorted,
                                  law.beta(),
                                  possible,
                                  {},
                                  randomising(0, law.temperature(), law.order().size(), row)},
                                 scratch);
  point.statistics.total_variation = variation;
  const auto draws = static_cast<double>(possible);
  point.top = top_of(law, probability, sorted, draws);
  point.residual = residual_of(law, probability, scratch.chi_square, point.statistics.residual.cell);
  return point;
}

}  // namespace tempsweep
