// SPDX-License-Identifier: Apache-2.0
#include "app/stored_grid.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/core/number.hpp"

#include "app/sampling_options.hpp"
#include "app/sweep_grammar.hpp"
#include "app/sweep_options.hpp"
#include "core/split.hpp"
#include "engine/digest_task.hpp"

namespace tempsweep::app {
namespace {

using Json = nlohmann::ordered_json;

template <class T>
T attribute(const std::string& path, const StoredResult& result, const std::string& name) {
  for (const auto& [key, value] : result.attributes) {
    if (key == name && std::holds_alternative<T>(value)) {
      return std::get<T>(value);
    }
  }
  throw InputError(fmt::format("{}: has no attribute '{}'; give a result of tempsweep sweep", path, name));
}

std::int64_t extent(const StoredResult& result, const std::string& name) {
  const auto found = std::find_if(result.dimensions.begin(), result.dimensions.end(),
                                  [&](const Dimension& dimension) { return dimension.name == name; });
  return found == result.dimensions.end() ? 0 : found->size;
}

std::vector<double> coordinate(const std::string& path, const StoredResult& result, const std::string& name) {
  return read_result_slab(path, name, {{0}, {extent(result, name)}});
}

std::vector<std::string> words_of(const Json& inputs) {
  std::vector<std::string> words;
  words.reserve(inputs.size());
  for (const Json& word : inputs) {
    words.push_back(word.is_string() ? word.get<std::string>() : "");
  }
  return words;
}

/// The stored plan as the command line that it stands for.
CommandLine planned_line(const std::string& path, const std::string& plan) {
  const Json json = Json::parse(plan, nullptr, false);
  if (!json.is_object()) {
    throw InputError(fmt::format("{}: its plan cannot be read", path));
  }
  CommandLine line("sweep", sweep_options(), {});
  for (const auto& item : json.items()) {
    if (item.key() == "input" && item.value().is_array()) {
      line.set_words(words_of(item.value()));
    } else if (item.value().is_string()) {
      line.set_default(sweep_options(), path, item.key(), item.value().get<std::string>());
    }
  }
  return line;
}

[[noreturn]] void refuse_axis(const StoredGrid& stored, const char* name, const char* what) {
  throw InputError(fmt::format("{}: its axis {} {}: the file was damaged or changed; run its sweep again",
                               stored.path, name, what));
}

/// What a sweep writes: everything after relies on it.
void check_axes(const StoredResult& result, const StoredGrid& stored) {
  const auto ascends = [](const auto& values) {
    return std::adjacent_find(values.begin(), values.end(), [](auto a, auto b) { return !(a < b); }) ==
           values.end();
  };
  const auto& sizes = stored.grid.vocabulary_sizes;
  if (!ascends(sizes) || sizes.front() < 1 || sizes.back() > stored.input_width) {
    refuse_axis(stored, "vocab_size", "does not ascend from 1 to the input's tokens");
  }
  const auto& temperatures = stored.grid.temperatures;
  if (!ascends(temperatures) || !(temperatures.front() >= 0)) {
    refuse_axis(stored, "temperature", "does not ascend from 0 or more");
  }
  const auto rows = coordinate(stored.path, result, "row");
  for (std::size_t r = 0; r < rows.size(); ++r) {
    if (rows[r] != static_cast<double>(stored.grid.first_row) + static_cast<double>(r)) {
      refuse_axis(stored, "row", "does not number rows one after the other");
    }
  }
  if (stored.grid.first_row < 0 || stored.grid.rows > stored.input_rows - stored.grid.first_row) {
    refuse_axis(stored, "row", "lies outside the input");
  }
}

void read_axes(const StoredResult& result, StoredGrid& stored) {
  for (const double size : coordinate(stored.path, result, "vocab_size")) {
    stored.grid.vocabulary_sizes.push_back(static_cast<std::int64_t>(size));
  }
  stored.grid.temperatures = coordinate(stored.path, result, "temperature");
  stored.grid.rows = extent(result, "row");
  if (stored.grid.vocabulary_sizes.empty() || stored.grid.temperatures.empty() || stored.grid.rows == 0) {
    throw InputError(fmt::format("{}: has no grid; give a result of tempsweep sweep", stored.path));
  }
  stored.grid.first_row = static_cast<std::int64_t>(read_result_slab(stored.path, "row", {{0}, {1}}).front());
  check_axes(result, stored);
  const auto count = std::find_if(result.variables.begin(), result.variables.end(),
                                  [](const StoredVariable& variable) { return variable.name == "count"; });
  stored.tokens = count == result.variables.end() ? 0 : count->shape.back();
}

void read_shape(const StoredResult& result, StoredGrid& stored) {
  const auto shape = attribute<std::string>(stored.path, result, "input_shape");
  const auto parts = split(shape, ',');
  if (parts.size() != 2) {
    throw InputError(fmt::format("{}: its input_shape {} cannot be read", stored.path, shape));
  }
  stored.input_rows = static_cast<std::int64_t>(parse_count(parts[0], "input_shape"));
  stored.input_width = static_cast<std::int64_t>(parse_count(parts[1], "input_shape"));
}

std::unique_ptr<Source> open_all(const std::vector<std::string>& files) {
  std::vector<std::unique_ptr<Source>> parts;
  parts.reserve(files.size());
  for (const std::string& file : files) {
    parts.push_back(open_source(file));
  }
  return parts.size() == 1 ? std::move(parts.front()) : concatenate(std::move(parts));
}

/// Why these files are not the input, or nothing.
std::string difference(const StoredGrid& stored, const Source& source) {
  if (source.rows() != stored.input_rows || source.width() != stored.input_width) {
    return fmt::format("has {} rows x {} tokens, the result's input had {} x {}", source.rows(),
                       source.width(), stored.input_rows, stored.input_width);
  }
  return DigestTask(source.files()).get() == stored.digest
             ? ""
             : "is not the result's input: its digest is another";
}

/// As named, or beside the result. \param missing  set to the first that is in neither place
std::vector<std::string> find_files(const StoredGrid& stored, std::string& missing) {
  const auto folder = std::filesystem::path(stored.path).parent_path();
  std::vector<std::string> found;
  for (const std::string& name : stored.inputs) {
    const std::size_t before = found.size();
    for (const auto& place :
         {std::filesystem::path(name), folder / name, folder / std::filesystem::path(name).filename()}) {
      std::error_code error;
      if (std::filesystem::is_regular_file(place, error)) {
        found.push_back(place.string());
        break;
      }
    }
    if (found.size() == before && missing.empty()) {
      missing = name;
    }
  }
  return found.size() == stored.inputs.size() ? found : std::vector<std::string>{};
}

}  // namespace

StoredGrid read_stored_grid(const std::string& path) {
  const StoredResult result = describe_result_file(path);
  StoredGrid stored;
  stored.path = path;
  if (attribute<std::int64_t>(path, result, "schema_version") != schema_version) {
    throw InputError(fmt::format("{}: has a schema that this version does not know", path));
  }
  if (attribute<std::int64_t>(path, result, "complete") != 1) {
    throw InputError(fmt::format("{}: is not complete; run its sweep again", path));
  }
  stored.grid.samples = static_cast<std::uint64_t>(attribute<std::int64_t>(path, result, "samples"));
  if (stored.grid.samples == 0) {
    throw InputError(fmt::format("{}: holds no draws to judge; sweep with --samples N", path));
  }
  stored.grid.seed = static_cast<std::uint64_t>(attribute<std::int64_t>(path, result, "seed"));
  stored.digest = attribute<std::string>(path, result, "input_digest");
  read_shape(result, stored);
  read_axes(result, stored);
  const CommandLine plan = planned_line(path, attribute<std::string>(path, result, "plan"));
  stored.grid.vocabulary_by = static_cast<VocabularyBy>(
      parse_choice("vocab-by", plan.value("vocab-by", "prefix"), {"prefix", "rank"}));
  stored.grid.sampler = parse_sampler(plan);
  stored.grid.truncation = parse_truncation(plan, stored.grid.samples);
  stored.inputs = plan.words();
  stored.synthetic = plan.value("synthetic");
  return stored;
}

StoredInput find_stored_input(const StoredGrid& stored, const std::string& elsewhere) {
  if (!stored.synthetic.empty() && elsewhere.empty()) {
    return {synthetic_source(stored.synthetic, stored.input_rows, stored.input_width, stored.grid.seed),
            "synthetic:" + stored.synthetic};
  }
  std::vector<std::string> files;
  for (const std::string_view file : split(elsewhere, ',')) {
    if (!elsewhere.empty()) {
      files.emplace_back(file);
    }
  }
  std::string missing;
  if (files.empty()) {
    files = find_files(stored, missing);
  }
  if (files.empty()) {
    return {nullptr, fmt::format("the input {} is not where it was; --logits says where it is now", missing)};
  }
  std::unique_ptr<Source> source;
  try {
    source = open_all(files);
  } catch (const InputError& error) {
    if (!elsewhere.empty()) {
      throw;
    }
    return {nullptr, fmt::format("the input cannot be read any more ({}); --logits says where it is now",
                                 error.what())};
  }
  const std::string other = difference(stored, *source);
  if (other.empty()) {
    const std::string name = source->name();
    return {std::move(source), name};
  }
  const std::string why = fmt::format("{} {}", source->name(), other);
  if (!elsewhere.empty()) {
    throw InputError(fmt::format("--logits {}; give the file that {} was made of", why, stored.path));
  }
  return {nullptr, why};
}

}  // namespace tempsweep::app
