// SPDX-License-Identifier: Apache-2.0
#include "app/plan_file.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tempsweep/core/errors.hpp"

namespace tempsweep::app {
namespace {

using Json = nlohmann::ordered_json;

/// How and where a run talks is not part of what it computes.
constexpr std::array<std::string_view, 8> not_repeated = {"plan",    "force", "json",    "quiet",
                                                          "verbose", "color", "dry-run", "output"};

Json read_object(const std::string& path) {
  // Opening a pipe that nobody writes would wait for ever.
  std::error_code error;
  std::ifstream file;
  if (std::filesystem::is_regular_file(path, error)) {
    file.open(path, std::ios::binary);
  }
  if (!file.is_open()) {
    throw InputError(fmt::format("--plan {}: cannot be opened as a file; give a JSON file", path));
  }
  std::set<std::string> keys;
  // Most readers of JSON keep the last of two equal keys without a word.
  const auto watch = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::key && depth == 1 && !keys.insert(parsed.get<std::string>()).second) {
      throw InputError(
          fmt::format("--plan {}: \"{}\" stands there twice; keep one", path, parsed.get<std::string>()));
    }
    return true;
  };
  Json json = Json::parse(file, watch, false);
  if (json.is_discarded() || !json.is_object()) {
    throw InputError(
        fmt::format("--plan {}: not a JSON object such as {{\"temperatures\": \"log:0.05:5:64\"}}", path));
  }
  return json;
}

/// A JSON value as the word that the command line would have.
std::string word_of(const std::string& path, const std::string& key, const Json& value) {
  if (value.is_string()) {
    return value.get<std::string>();
  }
  if (value.is_number() || value.is_boolean()) {
    return value.dump();
  }
  if (value.is_array() && !value.empty()) {
    std::string joined;
    for (const Json& item : value) {
      joined += (joined.empty() ? "" : ",") + word_of(path, key, item);
    }
    return joined;
  }
  throw InputError(
      fmt::format("--plan {}: \"{}\" has no usable value; write it as on the command line", path, key));
}

std::vector<std::string> inputs_of(const std::string& path, const Json& value) {
  std::vector<std::string> inputs;
  for (const Json& item : value.is_array() ? value : Json::array({value})) {
    if (!item.is_string()) {
      throw InputError(fmt::format("--plan {}: \"input\" must be a file name or an array of them", path));
    }
    inputs.push_back(item.get<std::string>());
  }
  return inputs;
}

}  // namespace

void apply_plan_file(const std::string& path, const std::vector<OptionSpec>& specs, CommandLine& line) {
  const Json plan = read_object(path);
  for (const auto& item : plan.items()) {
    const std::string& key = item.key();
    const Json& value = item.value();
    if (key == "input") {
      if (line.words().empty() && !line.has("synthetic")) {
        line.set_words(inputs_of(path, value));
      }
      continue;
    }
    if (key == "plan" || key == "help") {
      throw InputError(fmt::format("--plan {}: \"{}\" has no place in a plan; leave it out", path, key));
    }
    const auto spec =
        std::find_if(specs.begin(), specs.end(), [&](const OptionSpec& s) { return s.name == key; });
    const bool flag = spec != specs.end() && spec->argument.empty();
    if (flag && !value.is_boolean()) {
      throw InputError(fmt::format("--plan {}: \"{}\" must be true or false", path, key));
    }
    if (key == "synthetic" && !line.words().empty()) {
      continue;
    }
    if (!flag || value.get<bool>()) {
      line.set_default(specs, "--plan " + path, key, word_of(path, key, value));
    }
  }
}

std::string plan_as_json(const CommandLine& line,
                         const std::vector<std::pair<std::string, std::string>>& defaults) {
  Json plan = Json::object();
  if (!line.words().empty()) {
    plan["input"] = line.words();
  }
  for (const auto& [name, value] : defaults) {
    plan[name] = value;
  }
  for (const auto& [name, value] : line.values()) {
    if (std::find(not_repeated.begin(), not_repeated.end(), name) == not_repeated.end()) {
      plan[name] = value;
    }
  }
  return plan.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace tempsweep::app
