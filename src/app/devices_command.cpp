// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/core/number.hpp"
#include "tempsweep/engine.hpp"

#include "app/command_line.hpp"
#include "app/commands.hpp"

namespace tempsweep::app {
namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

/// Element-temperatures a second, one thread of the host, measured on the backend's own kernel.
double measured_rate(const BackendEntry& entry, int device) {
  Wanted wanted;
  wanted.metrics = {0};
  const auto backend = entry.create(wanted, {1, device});
  std::vector<double> logits(32768);
  for (std::size_t i = 0; i < logits.size(); ++i) {
    logits[i] = -1e-3 * static_cast<double>(i);
  }
  const std::vector<double> temperatures(64, 1.0);
  std::vector<double> entropy(64);
  TileOutput output;
  output.metrics.emplace_back(entropy);
  backend->load({logits, 1, std::ssize(logits), 0, {}}, std::ssize(logits));
  double best = 0;
  for (int round = 0; round < 2; ++round) {  // the first warms up
    const auto start = Clock::now();
    backend->evaluate(temperatures, output);
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    best = std::max(best, static_cast<double>(logits.size() * temperatures.size()) / seconds);
  }
  return best;
}

Json unavailable(const BackendEntry& entry, const std::string& reason) {
  return {{"backend", entry.name}, {"available", false}, {"reason", reason}};
}

Json measure(const BackendEntry& entry, int number) {
  const DeviceReport report = entry.measure(number);
  Json item = {{"backend", entry.name}, {"available", true},        {"device", report.name},
               {"number", number},      {"unit", report.unit_name}, {"units", report.units}};
  item["memory_bytes"] = report.memory_bytes;
  item["memory_available_bytes"] = report.free_bytes;
  if (report.clock_hz > 0) {
    item["clock_hz"] = report.clock_hz;
  }
  item["element_temperatures_per_second"] = measured_rate(entry, number);
  if (report.multiply_adds_per_second > 0) {
    item["multiply_adds_per_second"] = report.multiply_adds_per_second;
  }
  item["copy_bytes_per_second"] = report.copy_bytes_per_second;
  return item;
}

/// `automatic` backends are measured; the others are for checking, and slow.
Json list_devices() {
  Json list = Json::array();
  for (const BackendEntry& entry : backends()) {
    const std::string reason = entry.unavailable();
    if (!reason.empty()) {
      list.push_back(unavailable(entry, reason));
      continue;
    }
    const auto names = entry.devices();
    for (std::size_t device = 0; device < names.size(); ++device) {
      if (entry.automatic) {
        list.push_back(measure(entry, static_cast<int>(device)));
      } else {
        list.push_back(
            {{"backend", entry.name}, {"available", true}, {"device", names[device]}, {"number", device}});
      }
    }
  }
  return list;
}

void print_device(const Json& item) {
  const auto name = item["backend"].get<std::string>();
  if (!item["available"].get<bool>()) {
    fmt::print("{:<10} not available: {}\n", name, item["reason"].get<std::string>());
    return;
  }
  fmt::print("{:<10} {}: {}", name, item["number"].get<int>(), item["device"].get<std::string>());
  if (!item.contains("units")) {
    fmt::print("; not measured\n");
    return;
  }
  const auto giga = [&](const char* key) { return item[key].get<double>() / 1e9; };
  fmt::print(", {} {}{}, {} of {} free\n", item["units"].get<int>(), item["unit"].get<std::string>(),
             item.contains("clock_hz") ? fmt::format(" at {:.2f} GHz", giga("clock_hz")) : "",
             format_bytes(item["memory_available_bytes"].get<std::uint64_t>()),
             format_bytes(item["memory_bytes"].get<std::uint64_t>()));
  fmt::print("{:<10} {:.2f} G element-temperatures/s{}, copies {:.1f} GB/s\n", "",
             giga("element_temperatures_per_second"),
             item.contains("multiply_adds_per_second")
                 ? fmt::format(" a thread, whose ceiling is {:.1f} G multiply-adds/s",
                               giga("multiply_adds_per_second"))
                 : "",
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
  const Json list = list_devices();
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
