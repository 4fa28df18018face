// SPDX-License-Identifier: Apache-2.0
#include "sample.hpp"

#include <algorithm>
#include <stdexcept>

namespace sample {
namespace {

const std::vector<std::string> point{"vocab_size", "row", "temperature"};
const std::vector<std::string> token_point{"vocab_size", "row", "temperature", "token"};

Variable plain(std::string name, std::string long_name, std::string units, ElementType type,
               std::vector<std::string> dimensions) {
  Variable variable;
  variable.name = std::move(name);
  variable.long_name = std::move(long_name);
  variable.units = std::move(units);
  variable.type = type;
  variable.dimensions = std::move(dimensions);
  return variable;
}

Variable chunked(Variable variable, std::vector<std::int64_t> chunks, Storage storage, bool nan) {
  variable.chunks = std::move(chunks);
  variable.storage = storage;
  variable.fill_with_nan = nan;
  return variable;
}

void add_coordinates(Schema& schema) {
  auto& all = schema.variables;
  all.push_back(plain("vocab_size", "number of tokens", "1", ElementType::i64, {"vocab_size"}));
  all.push_back(plain("row", "row of the input", "1", ElementType::i64, {"row"}));
  all.push_back(plain("temperature", "sampling temperature", "1", ElementType::f64, {"temperature"}));
  all.push_back(plain("token", "index of the token in the input", "1", ElementType::i64, {"token"}));
  all.push_back(plain("renyi_order", "order of the Renyi entropy", "1", ElementType::f64, {"renyi_order"}));
  all.push_back(plain("token_name", "token", "", ElementType::text, {"token", "token_name_length"}));
  all.push_back(plain("inverse_temperature", "inverse temperature", "1", ElementType::f64, {"temperature"}));
}

void add_metrics(Schema& schema) {
  auto& all = schema.variables;
  all.push_back(chunked(plain("entropy", "Shannon entropy", "bit", ElementType::f64, point), {1, 2, 4},
                        Storage::compressible, true));
  all.back().attributes.emplace_back("coordinates", "inverse_temperature");
  auto with_order = point;
  with_order.emplace_back("renyi_order");
  all.push_back(chunked(plain("renyi_entropy", "Renyi entropy", "bit", ElementType::f64, with_order),
                        {1, 2, 4, 2}, Storage::compressible, true));
  all.push_back(plain("row_status", "state of the row", "1", ElementType::i8, {"vocab_size", "row"}));
  all.back().attributes.emplace_back("flag_values", std::vector<std::int8_t>{0, 1, 2});
  all.back().attributes.emplace_back("flag_meanings", "computed skipped bad");
  all.push_back(plain("top_token", "most probable token", "1", ElementType::i64, {"vocab_size", "row"}));
}

void add_probabilities(Schema& schema) {
  auto& all = schema.variables;
  const std::vector<std::int64_t> chunks{1, 2, 4, 100};  // longer than the axis on purpose
  all.push_back(chunked(plain("probability", "probability of the token", "1", ElementType::f32, token_point),
                        chunks, Storage::chunked, true));
  all.push_back(
      chunked(plain("log_probability", "log-probability of the token", "nat", ElementType::u16, token_point),
              chunks, Storage::chunked, false));
  all.back().attributes.emplace_back("scale_factor", -0.0009765625F);
  all.back().attributes.emplace_back("_FillValue", std::uint16_t{65535});
  all.push_back(chunked(plain("count", "number of draws", "1", ElementType::u64, token_point), chunks,
                        Storage::compressible, false));
}

Slab whole(const std::vector<std::size_t>& lengths) {
  return {std::vector<std::int64_t>(lengths.size(), 0), {lengths.begin(), lengths.end()}};
}

std::vector<char> name_table() {
  std::vector<char> table;
  for (std::string name : token_names) {
    name.resize(static_cast<std::size_t>(token_name_length), '\0');
    table.insert(table.end(), name.begin(), name.end());
  }
  return table;
}

void fill_point(Sink& sink, const Schema& schema, std::size_t v, std::size_t r) {
  const auto at_v = static_cast<std::int64_t>(v);
  const auto at_r = static_cast<std::int64_t>(r);
  const auto width = vocabulary_sizes[v];
  const auto steps = static_cast<std::int64_t>(temperatures.size());
  std::vector<double> entropies;
  for (std::size_t t = 0; t < temperatures.size(); ++t) entropies.push_back(entropy(v, r, t));
  put(sink, schema, "entropy", {{at_v, at_r, 0}, {1, 1, steps}}, entropies);
  const auto cells = static_cast<std::size_t>(width * steps);
  const Slab slab{{at_v, at_r, 0, 0}, {1, 1, steps, width}};
  put(sink, schema, "probability", slab, std::vector<float>(cells, 1.0F / static_cast<float>(width)));
  put(sink, schema, "log_probability", slab, std::vector<std::uint16_t>(cells, 1024));
  put(sink, schema, "count", slab, std::vector<std::uint64_t>(cells, (std::uint64_t{1} << 63) + 1));
}

}  // namespace

Schema schema() {
  Schema schema;
  const auto length = [](const auto& values) { return static_cast<std::int64_t>(values.size()); };
  schema.dimensions = {{"vocab_size", length(vocabulary_sizes)}, {"row", length(rows)},
                       {"temperature", length(temperatures)},    {"token", length(token_names)},
                       {"token_name_length", token_name_length}, {"renyi_order", length(renyi_orders)}};
  add_coordinates(schema);
  add_metrics(schema);
  add_probabilities(schema);
  schema.attributes = {
      {"Conventions", "CF-1.10"}, {"title", "sample"},  {"source", "tempsweep sample"}, {"history", ""},
      {"seed", std::int64_t{42}}, {"tolerance", 1e-12}, {"complete", std::int8_t{0}}};
  return schema;
}

double entropy(std::size_t vocabulary, std::size_t row, std::size_t temperature) {
  return static_cast<double>(100 * vocabulary + 10 * row + temperature);
}

std::size_t index_of(const Schema& schema, const std::string& name) {
  const auto found = std::ranges::find(schema.variables, name, &Variable::name);
  if (found == schema.variables.end()) throw std::invalid_argument(name);
  return static_cast<std::size_t>(found - schema.variables.begin());
}

void fill(Sink& sink, const Schema& schema) {
  put(sink, schema, "vocab_size", whole({vocabulary_sizes.size()}), vocabulary_sizes);
  put(sink, schema, "row", whole({rows.size()}), rows);
  put(sink, schema, "temperature", whole({temperatures.size()}), temperatures);
  put(sink, schema, "token", whole({token_names.size()}), std::vector<std::int64_t>{0, 1, 2, 3, 4});
  put(sink, schema, "renyi_order", whole({renyi_orders.size()}), renyi_orders);
  put(sink, schema, "token_name", whole({token_names.size(), 6}), name_table());
  std::vector<double> inverse;
  for (const double temperature : temperatures) inverse.push_back(1 / temperature);
  put(sink, schema, "inverse_temperature", whole({temperatures.size()}), inverse);
  const Slab per_row = whole({vocabulary_sizes.size(), rows.size()});
  put(sink, schema, "row_status", per_row, std::vector<std::int8_t>{0, 0, 0, 1, 0, 0, 0, 1});
  put(sink, schema, "top_token", per_row, std::vector<std::int64_t>{2, 1, 0, 0, 4, 3, 2, 0});
  for (std::size_t v = 0; v < vocabulary_sizes.size(); ++v) {
    for (std::size_t r = 0; r < 3; ++r) fill_point(sink, schema, v, r);
  }
}

void write(const std::string& path, Compression compression, bool force) {
  const Schema layout = schema();
  const auto sink = create_result_file(path, layout, compression, force);
  fill(*sink, layout);
  sink->flush();
  sink->finish({{"complete", std::int8_t{1}}, {"elapsed_seconds", 0.5}});
}

}  // namespace sample
