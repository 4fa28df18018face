// SPDX-License-Identifier: Apache-2.0
#include "engine/layout.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "tempsweep/math/log16.hpp"
#include "tempsweep/ordering_table.hpp"

#include "engine/tile_statistics.hpp"

namespace tempsweep {
namespace {

constexpr std::int64_t metric_chunk_bytes = std::int64_t{256} << 10;
constexpr std::int64_t dense_chunk_bytes = std::int64_t{1} << 20;
constexpr std::int64_t longest_token_chunk = 65536;

using Names = std::vector<std::string>;

/// A chunk of at most `wanted` along an axis: the whole tile, or a power of two. Tiles that do not span their
/// axis are powers of two themselves (tiling.cpp), so no chunk is written twice.
std::int64_t chunk_of(std::int64_t tile, std::int64_t wanted) {
  const auto least = static_cast<std::uint64_t>(std::max<std::int64_t>(1, wanted));
  return tile <= wanted ? tile : static_cast<std::int64_t>(std::bit_floor(least));
}

class SchemaMaker {
 public:
  SchemaMaker(const SweepPlan& plan, const Tiling& tiling, std::int64_t token_count)
      : plan_(plan), tiling_(tiling), tokens_(token_count) {}

  Schema make() {
    add_dimensions();
    add_coordinates();
    add_row_variables();
    add_metrics();
    add_dense();
    add_statistics();
    schema_.attributes = plan_.provenance;
    return std::move(schema_);
  }

 private:
  void add_dimensions() {
    schema_.dimensions = {{"vocab_size", std::ssize(plan_.vocabulary_sizes)},
                          {"row", plan_.rows},
                          {"temperature", std::ssize(plan_.temperatures)}};
    if (tokens_ > 0) {
      schema_.dimensions.push_back({"token", tokens_});
    }
    if (!plan_.renyi_orders.empty()) {
      schema_.dimensions.push_back({"renyi_order", std::ssize(plan_.renyi_orders)});
    }
    for (const OrderingMetric& metric : ordering_table) {
      if (levels_of(metric) > 0) {
        schema_.dimensions.push_back({metric.dimension, levels_of(metric)});
      }
    }
    if (tokens_ > 0 && !plan_.token_names.empty()) {
      schema_.dimensions.push_back({"token_name_length", name_length()});
    }
  }

  [[nodiscard]] std::int64_t levels_of(const OrderingMetric& metric) const {
    return static_cast<std::int64_t>(metric.size(plan_.ordering));
  }

  [[nodiscard]] std::int64_t name_length() const {
    std::size_t longest = 1;
    for (const auto& name : plan_.token_names) {
      longest = std::max(longest, name.size());
    }
    return static_cast<std::int64_t>(longest);
  }

  void add(std::string name, std::string long_name, std::string units, ElementType type, Names dimensions) {
    Variable variable;
    variable.name = std::move(name);
    variable.long_name = std::move(long_name);
    variable.units = std::move(units);
    variable.type = type;
    variable.dimensions = std::move(dimensions);
    schema_.variables.push_back(std::move(variable));
  }

  void add_coordinates() {
    add("vocab_size", "vocabulary size", "1", ElementType::i64, {"vocab_size"});
    add("row", "row of the input", "1", ElementType::i64, {"row"});
    add("temperature", "temperature", "logit", ElementType::f64, {"temperature"});
    add("inverse_temperature", "inverse temperature", "logit-1", ElementType::f64, {"temperature"});
    if (tokens_ > 0) {
      add("token", "token index", "1", ElementType::i64, {"token"});
    }
    if (!plan_.renyi_orders.empty()) {
      add("renyi_order", "order of the Renyi entropy", "1", ElementType::f64, {"renyi_order"});
    }
    for (const OrderingMetric& metric : ordering_table) {
      if (levels_of(metric) > 0) {
        const bool whole = std::string_view(metric.dimension) == "top_k";
        add(metric.dimension, metric.dimension_long_name, "1", whole ? ElementType::i64 : ElementType::f64,
            {metric.dimension});
      }
    }
    if (tokens_ > 0 && !plan_.token_names.empty()) {
      add("token_name", "token", "1", ElementType::text, {"token", "token_name_length"});
    }
  }

  void add_row_variables() {
    const Names axes = {"vocab_size", "row"};
    add("top_token", "index of the most probable token, the lowest among ties; -1 in a skipped row", "1",
        ElementType::i64, axes);
    schema_.variables.back().unwritten_is_minus_one = true;
    add("row_status", "why a row has no results", "1", ElementType::i8, axes);
    schema_.variables.back().unwritten_is_minus_one = true;  // not_computed
    schema_.variables.back().attributes = {
        {"flag_values", std::vector<std::int8_t>{-1, 0, 1, 2, 3}},
        {"flag_meanings", std::string("not_computed ok all_masked not_a_number positive_infinity")}};
    add("entropy_error_bound", "bound on the absolute error of the entropy", "nat", ElementType::f64, axes);
    schema_.variables.back().fill_with_nan = true;
    add("log_partition_error_bound", "bound on the error of the log partition, shifted by the maximum", "nat",
        ElementType::f64, axes);
    schema_.variables.back().fill_with_nan = true;
  }

  /// Temperatures whole as long as the tile holds them, rows grouped to about 256 KiB.
  /// \param dimension  of a fourth axis, of `extra` > 0 elements
  void add_grid_variable(std::string name, std::string long_name, std::string units, std::int64_t extra = 0,
                         const char* dimension = "") {
    add(std::move(name), std::move(long_name), std::move(units), ElementType::f64,
        {"vocab_size", "row", "temperature"});
    Variable& variable = schema_.variables.back();
    const std::int64_t bytes = std::max<std::int64_t>(1, extra) * std::int64_t{8};
    const std::int64_t temperatures = chunk_of(tiling_.temperatures, metric_chunk_bytes / bytes);
    variable.chunks = {1, chunk_of(tiling_.rows, metric_chunk_bytes / (bytes * temperatures)), temperatures};
    variable.storage = Storage::compressible;
    variable.fill_with_nan = true;
    variable.attributes = {{"coordinates", std::string("inverse_temperature")}};
    if (extra > 0) {
      variable.dimensions.emplace_back(dimension);
      variable.chunks.push_back(extra);
    }
  }

  void add_metrics() {
    for (const MetricId id : plan_.metrics) {
      const Metric& metric = metric_table[id];
      add_grid_variable(metric.name, metric.long_name, metric.units);
    }
    if (!plan_.renyi_orders.empty()) {
      add_grid_variable("renyi_entropy", "Renyi entropy", "bit", std::ssize(plan_.renyi_orders),
                        "renyi_order");
    }
    for (const OrderingMetric& metric : ordering_table) {
      add_ordering(metric);
    }
  }

  void add_ordering(const OrderingMetric& metric) {
    if (levels_of(metric) == 0) {
      return;
    }
    add_grid_variable(metric.name, metric.long_name, "1", levels_of(metric), metric.dimension);
    if (metric.counts) {
      // No fill value, as for counts: xarray would turn the integers into floats.
      Variable& variable = schema_.variables.back();
      variable.type = ElementType::i64;
      variable.fill_with_nan = false;
      variable.attributes.emplace_back("valid_min", std::int64_t{0});
    }
  }

  void add_dense_variable(std::string name, std::string long_name, std::string units, ElementType type) {
    add(std::move(name), std::move(long_name), std::move(units), type,
        {"vocab_size", "row", "temperature", "token"});
    Variable& variable = schema_.variables.back();
    const std::int64_t tokens = std::min(tokens_, longest_token_chunk);
    const auto bytes = static_cast<std::int64_t>(size_of(type));
    const std::int64_t temperatures = chunk_of(tiling_.temperatures, dense_chunk_bytes / (bytes * tokens));
    // Narrow rows share a chunk: the library holds an index entry for each.
    const std::int64_t rows = chunk_of(tiling_.rows, dense_chunk_bytes / (bytes * tokens * temperatures));
    variable.chunks = {1, rows, temperatures, tokens};
    variable.storage = Storage::chunked;
    const std::string names = plan_.token_names.empty() ? "" : " token_name";
    variable.attributes = {{"coordinates", "inverse_temperature" + names}};
  }

  void add_dense() {
    if (plan_.probabilities == ProbabilityFormat::f32) {
      add_dense_variable("probability", "probability of the token", "1", ElementType::f32);
      schema_.variables.back().fill_with_nan = true;
    }
    if (plan_.probabilities == ProbabilityFormat::log16) {
      add_dense_variable("log_probability",
                         "log probability of the token; the smallest code also stands for zero", "nat",
                         ElementType::u16);
      auto& attributes = schema_.variables.back().attributes;
      attributes.emplace_back("scale_factor", log16_scale);
      attributes.emplace_back("_FillValue", log16_fill);
    }
    if (plan_.store_counts) {
      add_dense_variable("count", "draws of the token", "1", ElementType::u64);
      schema_.variables.back().storage = Storage::compressible;
    }
  }

  void add_statistics() {
    if (plan_.samples == 0) {
      return;
    }
    for (const Statistic& statistic : statistic_table()) {
      add_grid_variable(statistic.name, statistic.long_name, statistic.units);
    }
  }

  const SweepPlan& plan_;
  const Tiling& tiling_;
  std::int64_t tokens_;
  Schema schema_;
};

}  // namespace

bool has_token_axis(const SweepPlan& plan) {
  return plan.probabilities != ProbabilityFormat::none || plan.store_counts || !plan.token_names.empty();
}

Schema make_schema(const SweepPlan& plan, const Tiling& tiling, std::int64_t token_count) {
  return SchemaMaker(plan, tiling, token_count).make();
}

std::size_t variable_index(const Schema& schema, std::string_view name) {
  const auto found = std::find_if(schema.variables.begin(), schema.variables.end(),
                                  [&](const Variable& variable) { return variable.name == name; });
  if (found == schema.variables.end()) {
    throw std::out_of_range(fmt::format("the schema has no variable {}", name));
  }
  return static_cast<std::size_t>(found - schema.variables.begin());
}

}  // namespace tempsweep
