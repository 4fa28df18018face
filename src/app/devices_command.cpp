// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/core/memory.hpp"
#include "tempsweep/core/number.hpp"
#include "tempsweep/core/parallel.hpp"
#include "tempsweep/engine.hpp"

#include "app/command_line.hpp"
#include "app/commands.hpp"

namespace tempsweep::app {
namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

/// Element-temperatures a second of one thread, measured on the backend's own kernel.
double measured_rate(const BackendEntry& entry) {
  Wanted wanted;
  wanted.metrics = {0};
  const auto backend = entry.create(wanted, {1});
  std::vector<double> logits(32768);
  for (std::size_t i = 0; i < logits.size(); ++i) {
    logits[i] = -1e-3 * static_cast<double>(i);
  }
  const std::vector<double> temperatures(64, 1.0);
  std::vector<double> entropy(64);
  TileOutput output;
  output.metrics.emplace_back(entropy);
  backend->load({logits, 1, std::ssize(logits), 0, {}}, std::ssize(logits));
  const auto start = Clock::now();
  backend->evaluate(temperatures, output);
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return static_cast<double>(logits.size() * temperatures.size()) / seconds;
}

/// Bytes a second that one thread copies, read and written counted once each.
double measured_copy() {
  const std::vector<double> from(std::size_t{8} << 20, 1.0);
  std::vector<double> to(from.size());
  const auto start = Clock::now();
  std::copy(from.begin(), from.end(), to.begin());
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return 2.0 * static_cast<double>(from.size() * sizeof(double)) / seconds;
}

Json measure(const BackendEntry& entry) {
  const std::string reason = entry.unavailable();
  if (!reason.empty()) {
    return {{"backend", entry.name}, {"available", false}, {"reason", reason}};
  }
  return {{"backend", entry.name},
          {"available", true},
          {"device", entry.device()},
          {"threads", available_threads()},
          {"memory_available_bytes", available_memory()},
          {"element_temperatures_per_second_per_thread", measured_rate(entry)},
          {"multiply_adds_per_second_per_thread", entry.peak_rate()},
          {"copy_bytes_per_second", measured_copy()}};
}

void print_device(const Json& item) {
  const auto name = item["backend"].get<std::string>();
  if (!item["available"].get<bool>()) {
    fmt::print("{:<6} not available: {}\n", name, item["reason"].get<std::string>());
    return;
  }
  const auto giga = [&](const char* key) { return item[key].get<double>() / 1e9; };
  fmt::print("{:<6} {}, {} threads, {} free\n", name, item["device"].get<std::string>(),
             item["threads"].get<int>(), format_bytes(item["memory_available_bytes"].get<std::uint64_t>()));
  fmt::print(
      "       a thread: {:.2f} G element-temperatures/s; its ceiling: {:.1f} G multiply-adds/s, copies "
      "{:.1f} GB/s\n",
      giga("element_temperatures_per_second_per_thread"), giga("multiply_adds_per_second_per_thread"),
      giga("copy_bytes_per_second"));
}

}  // namespace

int devices_command(const Arguments& arguments) {
  const std::vector<OptionSpec> specs = {{"json", "", "as JSON on stdout"}};
  const CommandLine line("devices", specs, arguments);
  if (line.wants_help()) {
    print_command_help("tempsweep devices [--json]", "tempsweep devices\n", specs);
    return 0;
  }
  if (!line.words().empty()) {
    throw InputError("devices: takes no file; got '" + line.words().front() + "'");
  }
  Json list = Json::array();
  for (const BackendEntry& entry : backends()) {
    list.push_back(measure(entry));
  }
  if (line.has("json")) {
    fmt::print("{}\n", list.dump(2));
    return 0;
  }
  for (const Json& item : list) {
    print_device(item);
  }
  return 0;
}

}  // namespace tempsweep::app
