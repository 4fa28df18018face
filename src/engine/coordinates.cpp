// SPDX-License-Identifier: Apache-2.0
#include "engine/coordinates.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "tempsweep/math/law.hpp"

#include "engine/layout.hpp"

namespace tempsweep {
namespace {

/// Long axes are written piece by piece.
constexpr std::int64_t piece = std::int64_t{1} << 20;

template <class T>
void write_vector(const PreparedSweep& prepared, std::string_view name, const std::vector<T>& values,
                  Sink& sink) {
  sink.write(variable_index(prepared.schema, name), {{0}, {std::ssize(values)}},
             std::as_bytes(std::span(values)));
}

void write_range(const PreparedSweep& prepared, std::string_view name, std::int64_t first, std::int64_t count,
                 Sink& sink) {
  const std::size_t index = variable_index(prepared.schema, name);
  std::vector<std::int64_t> values;
  for (std::int64_t done = 0; done < count; done += piece) {
    values.resize(static_cast<std::size_t>(std::min(piece, count - done)));
    std::iota(values.begin(), values.end(), first + done);
    sink.write(index, {{done}, {std::ssize(values)}}, std::as_bytes(std::span(values)));
  }
}

void write_names(const PreparedSweep& prepared, Sink& sink) {
  const std::size_t index = variable_index(prepared.schema, "token_name");
  const std::int64_t length = prepared.schema.dimensions.back().size;
  const auto& names = prepared.plan.token_names;
  const std::int64_t rows_a_piece = std::max<std::int64_t>(1, piece / length);
  std::vector<char> text;
  for (std::int64_t first = 0; first < prepared.token_count; first += rows_a_piece) {
    const std::int64_t rows = std::min(rows_a_piece, prepared.token_count - first);
    text.assign(static_cast<std::size_t>(rows * length), '\0');
    for (std::int64_t i = 0; i < rows; ++i) {
      const auto& name = names[static_cast<std::size_t>(first + i)];
      std::copy(name.begin(), name.end(), text.begin() + i * length);
    }
    sink.write(index, {{first, 0}, {rows, length}}, std::as_bytes(std::span(text)));
  }
}

}  // namespace

void write_coordinates(const PreparedSweep& prepared, Sink& sink) {
  const SweepPlan& plan = prepared.plan;
  write_vector(prepared, "vocab_size", plan.vocabulary_sizes, sink);
  write_range(prepared, "row", plan.first_row, plan.rows, sink);
  write_vector(prepared, "temperature", plan.temperatures, sink);
  std::vector<double> inverse(plan.temperatures.size());
  std::transform(plan.temperatures.begin(), plan.temperatures.end(), inverse.begin(),
                 [](double temperature) { return inverse_temperature(temperature); });
  write_vector(prepared, "inverse_temperature", inverse, sink);
  if (prepared.token_count > 0) {
    write_range(prepared, "token", 0, prepared.token_count, sink);
  }
  if (!plan.renyi_orders.empty()) {
    write_vector(prepared, "renyi_order", plan.renyi_orders, sink);
  }
  const auto write_levels = [&](std::string_view name, const auto& levels) {
    if (!levels.empty()) {
      write_vector(prepared, name, levels, sink);
    }
  };
  write_levels("nucleus_mass", plan.ordering.nucleus_masses);
  write_levels("top_k", plan.ordering.top_k);
  write_levels("min_p", plan.ordering.min_p_levels);
  write_levels("probability_threshold", plan.ordering.thresholds);
  if (prepared.token_count > 0 && !plan.token_names.empty()) {
    write_names(prepared, sink);
  }
}

}  // namespace tempsweep
