// SPDX-License-Identifier: Apache-2.0
#include "engine/tile_buffers.hpp"

#include <algorithm>

#include "engine/layout.hpp"

namespace tempsweep {
namespace {

std::int64_t dimension_size(const Schema& schema, const std::string& name) {
  const auto found = std::find_if(schema.dimensions.begin(), schema.dimensions.end(),
                                  [&](const Dimension& dimension) { return dimension.name == name; });
  return found->size;
}

template <class T>
void write_variable(const PreparedSweep& prepared, const TilePlace& place, std::string_view name,
                    const std::pmr::vector<T>& data, Sink& sink) {
  const std::size_t index = variable_index(prepared.schema, name);
  Slab slab{{place.vocabulary, place.first_row, place.first_temperature},
            {1, place.rows, place.temperatures}};
  std::int64_t elements = place.rows * place.temperatures;
  const auto& dimensions = prepared.schema.variables[index].dimensions;
  if (dimensions.size() > 3) {
    const std::int64_t extra = dimension_size(prepared.schema, dimensions[3]);
    slab.start.push_back(0);
    slab.count.push_back(extra);
    elements *= extra;
  }
  sink.write(index, slab, std::as_bytes(std::span(data).first(static_cast<std::size_t>(elements))));
}

}  // namespace

TileBuffers::TileBuffers(const PreparedSweep& prepared, std::pmr::memory_resource* host)
    : prepared_(prepared),
      renyi_(host),
      nucleus_size_(host),
      top_k_mass_(host),
      min_p_survivors_(host),
      tokens_above_(host),
      probability_(host),
      log_probability_(host),
      count_(host),
      judged_(host) {
  const SweepPlan& plan = prepared.plan;
  const auto points = static_cast<std::size_t>(prepared.tiling.rows * prepared.tiling.temperatures);
  const auto tokens = static_cast<std::size_t>(prepared.token_count);
  const auto arrays = [&](std::size_t count) {
    std::vector<std::pmr::vector<double>> all;
    for (std::size_t i = 0; i < count; ++i) {
      all.emplace_back(points, host);
    }
    return all;
  };
  metrics_ = arrays(plan.metrics.size());
  renyi_.resize(points * plan.renyi_orders.size());
  nucleus_size_.resize(points * plan.ordering.nucleus_masses.size());
  top_k_mass_.resize(points * plan.ordering.top_k.size());
  min_p_survivors_.resize(points * plan.ordering.min_p_levels.size());
  tokens_above_.resize(points * plan.ordering.thresholds.size());
  if (plan.probabilities == ProbabilityFormat::f32) {
    probability_.resize(points * tokens);
  } else if (plan.probabilities == ProbabilityFormat::log16) {
    log_probability_.resize(points * tokens);
  }
  if (plan.samples > 0) {
    count_tokens_ = plan.store_counts || !prepared.judged_by_backend ? prepared.tiling.columns : 0;
    judged_.resize(prepared.judged_by_backend ? points : 0);
    count_.resize(points * static_cast<std::size_t>(count_tokens_));
    statistics_ = arrays(statistic_table().size());
  }
}

TileOutput TileBuffers::output(std::int64_t rows, std::int64_t temperatures) {
  const auto points = static_cast<std::size_t>(rows * temperatures);
  const auto tokens = static_cast<std::size_t>(prepared_.token_count);
  const SweepPlan& plan = prepared_.plan;
  TileOutput out;
  for (auto& values : metrics_) {
    out.metrics.push_back(std::span(values).first(points));
  }
  out.renyi_entropy = std::span(renyi_).first(points * plan.renyi_orders.size());
  out.nucleus_size = std::span(nucleus_size_).first(points * plan.ordering.nucleus_masses.size());
  out.top_k_mass = std::span(top_k_mass_).first(points * plan.ordering.top_k.size());
  out.min_p_survivors = std::span(min_p_survivors_).first(points * plan.ordering.min_p_levels.size());
  out.tokens_above = std::span(tokens_above_).first(points * plan.ordering.thresholds.size());
  out.probability = std::span(probability_).first(probability_.empty() ? 0 : points * tokens);
  out.log_probability = std::span(log_probability_).first(log_probability_.empty() ? 0 : points * tokens);
  out.count = std::span(count_).first(points * static_cast<std::size_t>(count_tokens_));
  out.judged = std::span(judged_).first(judged_.empty() ? 0 : points);
  return out;
}

std::vector<std::span<double>> TileBuffers::statistics(std::int64_t rows, std::int64_t temperatures) {
  std::vector<std::span<double>> spans;
  for (auto& values : statistics_) {
    spans.push_back(std::span(values).first(static_cast<std::size_t>(rows * temperatures)));
  }
  return spans;
}

void TileBuffers::write(const TilePlace& place, Sink& sink) const {
  const SweepPlan& plan = prepared_.plan;
  for (std::size_t m = 0; m < metrics_.size(); ++m) {
    write_variable(prepared_, place, metric_table[plan.metrics[m]].name, metrics_[m], sink);
  }
  const auto write_if_wanted = [&](std::string_view name, const auto& data) {
    if (!data.empty()) {
      write_variable(prepared_, place, name, data, sink);
    }
  };
  write_if_wanted("renyi_entropy", renyi_);
  write_if_wanted("nucleus_size", nucleus_size_);
  write_if_wanted("top_k_mass", top_k_mass_);
  write_if_wanted("min_p_survivors", min_p_survivors_);
  write_if_wanted("tokens_above", tokens_above_);
  write_if_wanted("probability", probability_);
  write_if_wanted("log_probability", log_probability_);
  if (plan.store_counts) {
    write_variable(prepared_, place, "count", count_, sink);
  }
  for (std::size_t s = 0; s < statistics_.size(); ++s) {
    write_variable(prepared_, place, statistic_table()[s].name, statistics_[s], sink);
  }
}

}  // namespace tempsweep
