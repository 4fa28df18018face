// SPDX-License-Identifier: Apache-2.0
#include "engine/row_judge.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "tempsweep/math/draw_address.hpp"
#include "tempsweep/math/exp2.hpp"
#include "tempsweep/math/law.hpp"
#include "tempsweep/math/truncation.hpp"

namespace tempsweep {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

double uniform_of(const PointAddress& address, std::size_t vocabulary) {
  const auto stream = point_stream(address.seed, address.temperature, static_cast<std::uint32_t>(vocabulary),
                                   Purpose::randomised_p, static_cast<std::uint64_t>(address.row));
  return (static_cast<double>(stream.word(0) >> 11U) + 0.5) * 0x1p-53;
}

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
  order_.resize(static_cast<std::size_t>(size));
  std::iota(order_.begin(), order_.end(), 0U);
  std::sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) {
    return logit(a) > logit(b) || (logit(a) == logit(b) && a < b);
  });
  depth_.resize(order_.size());
  std::transform(order_.begin(), order_.end(), depth_.begin(),
                 [&](std::uint32_t place) { return depth_of(place); });
  if (truncation_.any()) {
    prepare_truncation();
  }
}

void RowJudge::prepare_truncation() {
  const auto unmasked = std::lower_bound(depth_.begin(), depth_.end(), infinity) - depth_.begin();
  const auto ties = std::upper_bound(depth_.begin(), depth_.end(), 0.0) - depth_.begin();
  nodes_.resize(static_cast<std::size_t>(order_nodes(unmasked)));
  build_order_nodes(depth_.data(), unmasked, nodes_.data());
  ordered_ = {depth_.data(), nodes_.data(), unmasked, ties};
}

std::size_t RowJudge::survivors_at(double temperature) const {
  return truncation_.any()
             ? static_cast<std::size_t>(survivors(ordered_, temperature, survivor_levels(truncation_)))
             : order_.size();
}

const AliasTable& RowJudge::table_at(double temperature) {
  const double beta = inverse_temperature(temperature);
  const std::size_t left = survivors_at(temperature);
  weights_.assign(order_.size(), 0);
  for (std::size_t i = 0; i < left; ++i) {
    weights_[order_[i]] = table_weight(token_depth(logit(order_[0]), logit(order_[i])), beta);
  }
  build_alias_table(weights_, alias_scratch_, table_);
  return table_;
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
  if (samples >> 32U != 0 &&
      sampler_facts(sampler_).by_table) {  // from here on the table's own rounding could show
    const AliasTable& table = table_at(address.temperature);
    probability_.resize(order_.size());
    std::transform(order_.begin(), order_.end(), probability_.begin(), [&](std::uint32_t place) {
      return std::ldexp(static_cast<double>(table.weights[place]), -(table.column_bits + 32));
    });
    point.probability = probability_;
  }
  point.beta = inverse_temperature(address.temperature);
  point.n = samples;
  point.uniform = uniform_of(address, order_.size());
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
  const std::uint64_t table = samples >> 32U != 0 ? alias_bytes(tokens) + 2 * tokens * sizeof(double) : 0;
  const std::uint64_t order =
      truncated ? 2 * tokens * sizeof(double) +
                      static_cast<std::uint64_t>(order_nodes(vocabulary)) * sizeof(OrderedNode)
                : 0;
  // Order, depths, probabilities, two arrays of cells, a reversed row; counts and reversed counts.
  return order + tokens * (sizeof(std::uint32_t) + 5 * sizeof(double) + 2 * sizeof(std::uint64_t)) + table;
}

}  // namespace tempsweep
