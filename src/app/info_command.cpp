// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/core/number.hpp"
#include "tempsweep/result_file.hpp"
#include "tempsweep/source.hpp"

#include "app/command_line.hpp"
#include "app/commands.hpp"

namespace tempsweep::app {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const AttributeValue& value) {
  return std::visit([](const auto& v) { return Json(v); }, value);
}

std::string word_of(const AttributeValue& value) {
  const Json json = json_of(value);
  return json.is_string() ? json.get<std::string>() : json.dump();
}

/// By its name, or by the signature that every HDF5 file begins with.
bool is_hdf5(const std::string& path) {
  const std::string suffix = std::filesystem::path(path).extension().string();
  std::array<char, 4> start{};
  std::error_code error;
  if (std::filesystem::is_regular_file(path,
                                       error)) {  // opening a pipe that nobody writes would wait for ever
    std::ifstream(path, std::ios::binary).read(start.data(), start.size());
  } else if (std::filesystem::exists(path, error)) {
    return false;  // the readers of inputs say what it is
  }
  return suffix == ".h5" || suffix == ".nc" || suffix == ".partial" ||
         start == std::array<char, 4>{'\x89', 'H', 'D', 'F'};
}

Json result_json(const std::string& path, const StoredResult& result) {
  Json json = {{"file", path}, {"kind", "result"}};
  for (const Dimension& dimension : result.dimensions) {
    json["dimensions"][dimension.name] = dimension.size;
  }
  for (const StoredVariable& variable : result.variables) {
    json["variables"][variable.name] = {{"type", variable.type},
                                        {"dimensions", variable.dimensions},
                                        {"shape", variable.shape},
                                        {"chunks", variable.chunks},
                                        {"units", variable.units},
                                        {"long_name", variable.long_name},
                                        {"stored_bytes", variable.stored_bytes}};
  }
  for (const auto& [name, value] : result.attributes) {
    json["attributes"][name] = json_of(value);
  }
  return json;
}

/// Smallest and largest finite value of the first row of a metric, for a first look.
std::string range_of(const std::string& path, const StoredVariable& variable) {
  const bool on_grid = variable.dimensions == std::vector<std::string>{"vocab_size", "row", "temperature"};
  if (!on_grid || variable.type != "f64") {
    return "";
  }
  const std::int64_t points = std::min<std::int64_t>(variable.shape[2], 65536);
  const auto values = read_result_slab(path, variable.name, {{0, 0, 0}, {1, 1, points}});
  double least = HUGE_VAL;
  double most = -HUGE_VAL;
  for (const double value : values) {
    if (std::isfinite(value)) {
      least = std::min(least, value);
      most = std::max(most, value);
    }
  }
  return least > most ? "" : fmt::format("first row {:.6g} … {:.6g}", least, most);
}

void print_result(const std::string& path, const StoredResult& result) {
  std::string axes;
  for (const Dimension& dimension : result.dimensions) {
    axes += fmt::format("{}{} {}", axes.empty() ? "" : ", ", dimension.name, dimension.size);
  }
  fmt::print("{}\n  {}\n\n", path, axes);
  for (const StoredVariable& variable : result.variables) {
    fmt::print("  {:<28} {:<4} [{}] {:>10}  {:<9} {}\n", variable.name, variable.type,
               fmt::join(variable.shape, ", "), format_bytes(variable.stored_bytes), variable.units,
               range_of(path, variable));
  }
  fmt::print("\n");
  for (const auto& [name, value] : result.attributes) {
    if (!name.starts_with("_")) {
      fmt::print("  {:<18} {}\n", name, word_of(value));
    }
  }
}

void describe_result(const std::string& path, bool json) {
  const StoredResult result = describe_result_file(path);
  if (json) {
    fmt::print("{}\n", result_json(path, result).dump(2, ' ', false, Json::error_handler_t::replace));
  } else {
    print_result(path, result);
  }
}

void describe_input(const std::string& path, bool json) {
  const auto source = open_source(path);
  if (json) {
    const Json out = {{"file", path},
                      {"kind", "input"},
                      {"rows", source->rows()},
                      {"width", source->width()},
                      {"dtype", source->dtype()},
                      {"token_names", !source->token_names().empty()}};
    fmt::print("{}\n", out.dump(2, ' ', false, Json::error_handler_t::replace));
    return;
  }
  fmt::print("{}\n  logits, {} rows x {} tokens, {}{}\n", path, source->rows(), source->width(),
             source->dtype(), source->token_names().empty() ? "" : ", tokens named");
}

}  // namespace

int info_command(const Arguments& arguments) {
  const std::vector<OptionSpec> specs = {{"json", "", "as JSON on stdout"}};
  const CommandLine line("info", specs, arguments);
  if (line.wants_help()) {
    print_command_help("tempsweep info FILE [--json]", "tempsweep info sweep.h5\ntempsweep info logits.npy\n",
                       specs);
    return 0;
  }
  if (line.words().size() != 1) {
    throw InputError("info: give one file, for example: tempsweep info sweep.h5");
  }
  const std::string& path = line.words().front();
  if (is_hdf5(path)) {
    describe_result(path, line.has("json"));
  } else {
    describe_input(path, line.has("json"));
  }
  return 0;
}

}  // namespace tempsweep::app
