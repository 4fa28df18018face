// SPDX-License-Identifier: Apache-2.0
#include "engine/row_judge.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "tempsweep/math/exp2.hpp"
#include "tempsweep/math/law.hpp"
#include "tempsweep/math/truncation.hpp"

#include "engine/row_order.hpp"

namespace tempsweep {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

std::vector<std::uint32_t> rank_vocabulary(std::span<const double> logits, std::int64_t size) {
  std::vector<std::uint32_t> tokens(logits.size());
  std::iota(tokens.begin(), tokens.end(), 0U);
  const auto before = [&](std::uint32_t a, std::uint32_t b) {
    return logits[a] > logits[b] || (logits[a] == logits[b] && a < b);
  };
  const auto end = tokens.begin() + size;
  if (end != tokens.end()) {
    std::nth_element(tokens.begin(), end, tokens.end(), before);
  }
  tokens.erase(end, tokens.end());
  std::sort(tokens.begin(), tokens.end());
  return tokens;
}

double RowJudge::depth_of(std::uint32_t place) const {
  return token_depth(logit(order_[0]), logit(place));
}

void RowJudge::load(std::span<const double> logits, std::span<const std::uint32_t> tokens,
                    std::int64_t size) {
  logits_ = logits;
  tokens_ = tokens;
  order_by_logit(
      static_cast<std::size_t>(size), [&](std::uint32_t place) { return logit(place); }, order_);
  depth_.resize(order_.size());
  std::transform(order_.begin(), order_.end(), depth_.begin(),
                 [&](std::uint32_t place) { return depth_of(place); });
  if (truncation_.any()) {
    ordered_ = ordered_view(depth_, nodes_);
  }
}

std::size_t RowJudge::survivors_at(double temperature) const {
  return truncation_.any()
             ? static_cast<std::size_t>(survivors(ordered_, temperature, survivor_levels(truncation_)))
             : order_.size();
}

std::span<const double> RowJudge::weights_at(double temperature) {
  const double beta = inverse_temperature(temperature);
  const std::size_t left = survivors_at(temperature);
  weights_.assign(order_.size(), 0);
  for (std::size_t i = 0; i < left; ++i) {
    weights_[order_[i]] = table_weight(depth_[i], beta);
  }
  return weights_;
}

const IntegerLaw& RowJudge::integers_at(double temperature) {
  build_integer_law(weights_at(temperature), law_scratch_, integers_);
  return integers_;
}

PointCase RowJudge::law_at(const PointAddress& address, std::uint64_t samples) {
  const std::size_t left = survivors_at(address.temperature);
  PointCase point;
  point.depth = depth_;
  if (left != order_.size()) {
    cut_.assign(depth_.size(), infinity);
    std::copy_n(depth_.begin(), left, cut_.begin());
    point.depth = cut_;
  }
  if (judged_by_table(sampler_, samples)) {
    const IntegerLaw& law = integers_at(address.temperature);
    probability_.resize(order_.size());
    std::transform(order_.begin(), order_.end(), probability_.begin(), [&](std::uint32_t place) {
      return std::ldexp(static_cast<double>(law.weights[place]), -(law.column_bits + 32));
    });
    point.probability = probability_;
  }
  point.beta = inverse_temperature(address.temperature);
  point.n = samples;
  point.uniform = randomising(address.seed, address.temperature, order_.size(), address.row);
  return point;
}

PointStatistics RowJudge::judge(const PointAddress& address, std::span<const std::uint64_t> count,
                                std::uint64_t samples) {
  PointCase point = law_at(address, samples);
  count_.resize(order_.size());
  std::transform(order_.begin(), order_.end(), count_.begin(),
                 [&](std::uint32_t place) { return count[token(place)]; });
  point.counts = count_;
  return judge_point(point, scratch_);
}

std::uint64_t RowJudge::bytes(std::int64_t vocabulary, std::uint64_t samples, bool truncated) {
  const auto tokens = static_cast<std::uint64_t>(vocabulary);
  const std::uint64_t integers = samples >> 32U != 0 ? law_bytes(tokens) + 2 * tokens * sizeof(double) : 0;
  const std::uint64_t order =
      truncated ? 2 * tokens * sizeof(double) +
                      static_cast<std::uint64_t>(order_nodes(vocabulary)) * sizeof(OrderedNode)
                : 0;
  // Order, depths, probabilities, two arrays of cells; counts.
  return order + tokens * (sizeof(std::uint32_t) + 4 * sizeof(double) + sizeof(std::uint64_t)) + integers;
}

}  // namespace tempsweep
