// SPDX-License-Identifier: Apache-2.0
#include "app/sweep_grammar.hpp"

#include <algorithm>
#include <functional>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/core/number.hpp"
#include "tempsweep/core/parallel.hpp"

#include "app/near_miss.hpp"
#include "core/quote.hpp"
#include "core/split.hpp"

namespace tempsweep::app {
namespace {

constexpr std::string_view renyi_name = "renyi_entropy";

std::vector<std::string> metric_names() {
  std::vector<std::string> names;
  names.reserve(metric_table.size() + 1 + ordering_table.size());
  for (const Metric& metric : metric_table) {
    names.emplace_back(metric.name);
  }
  names.emplace_back(renyi_name);
  for (const OrderingMetric& metric : ordering_table) {
    names.emplace_back(metric.name);
  }
  return names;
}

MetricId metric_named(const std::string& name) {
  for (MetricId id = 0; id < metric_table.size(); ++id) {
    if (name == metric_table[id].name) {
      return id;
    }
  }
  const auto names = metric_names();
  throw InputError(fmt::format("--metrics: there is no metric {}{} (known: {}, default, all)", quote(name),
                               near_miss_hint(name, names), fmt::join(names, ", ")));
}

/// Whether it is the name of a metric of the order, and then chooses it.
bool choose_ordering(std::string_view name, OrderingFlags& chosen) {
  for (std::size_t i = 0; i < ordering_table.size(); ++i) {
    if (name == ordering_table[i].name) {
      return chosen[i] = true;
    }
  }
  return false;
}

void check_inputs(const MetricChoice& choice, const MetricInputs& given) {
  for (const MetricId id : choice.metrics) {
    if (metric_table[id].needs == MetricNeeds::labels && !given.labels) {
      throw InputError(fmt::format("--metrics: {} needs --labels FILE", metric_table[id].name));
    }
  }
  if (choice.renyi && !given.orders) {
    throw InputError("--metrics: renyi_entropy needs --renyi-orders, for example 0.5,2,inf");
  }
  for (std::size_t i = 0; i < ordering_table.size(); ++i) {
    if (choice.ordering[i] && !given.levels[i]) {
      const OrderingMetric& metric = ordering_table[i];
      throw InputError(fmt::format("--metrics: {} needs --{}, for example {}", metric.name, metric.option,
                                   metric.example));
    }
  }
}

bool part_of(std::string_view word, const Metric& metric, bool has_labels) {
  if (metric.needs == MetricNeeds::labels) {
    return has_labels;
  }
  return word == "all" || metric.by_default;
}

}  // namespace

std::uint64_t count_option(const CommandLine& line, const std::string& name, std::uint64_t otherwise,
                           std::uint64_t largest) {
  if (!line.has(name)) {
    return otherwise;
  }
  const std::uint64_t value = parse_count(line.value(name), "--" + name);
  if (value > largest) {
    throw InputError(fmt::format("--{} {}: too large; at most {}", name, value, largest));
  }
  return value;
}

int parse_threads(const CommandLine& line) {
  const auto all = static_cast<std::uint64_t>(available_threads());
  const auto threads = static_cast<int>(count_option(line, "threads", all, 4096));
  if (threads == 0) {
    throw InputError("--threads 0: at least one thread is needed");
  }
  return threads;
}

std::vector<int> parse_devices(const std::string& word, std::size_t there) {
  std::vector<int> devices;
  if (word == "all") {
    for (std::size_t i = 0; i < there; ++i) {
      devices.push_back(static_cast<int>(i));
    }
    return devices;
  }
  for (const std::string_view part : split(word, ',')) {
    const bool digits =
        !part.empty() && part.size() < 10 && part.find_first_not_of("0123456789") == std::string_view::npos;
    if (!digits) {
      throw InputError(fmt::format("--device {}: use numbers of devices, such as 0,1, or all", quote(word)));
    }
    const std::uint64_t number = parse_count(std::string(part), "--device");
    if (number >= there) {
      throw DeviceError(fmt::format("--device {}: there {}, numbered from 0; see tempsweep devices", number,
                                    there == 1 ? "is one device" : fmt::format("are {} devices", there)));
    }
    const auto device = static_cast<int>(number);
    if (std::find(devices.begin(), devices.end(), device) != devices.end()) {
      throw InputError(fmt::format("--device {}: {} is named twice", quote(word), number));
    }
    devices.push_back(device);
  }
  return devices;
}

std::size_t parse_choice(const std::string& option, const std::string& word,
                         const std::vector<std::string>& choices) {
  const auto found = std::find(choices.begin(), choices.end(), word);
  if (found == choices.end()) {
    throw InputError(fmt::format("--{}: {} is not one of {}{}", option, quote(word), fmt::join(choices, ", "),
                                 near_miss_hint(word, choices)));
  }
  return static_cast<std::size_t>(found - choices.begin());
}

std::pair<std::int64_t, std::int64_t> parse_rows(const std::string& word, std::int64_t rows) {
  const auto parts = split(word, ':');
  if (parts.size() != 2) {
    throw InputError(fmt::format("--rows {}: write A:B, rows A to B-1", quote(word)));
  }
  const auto bound = [&](std::string_view text, std::int64_t otherwise) {
    if (text.empty()) {
      return otherwise;
    }
    const std::uint64_t value = parse_count(text, "--rows");
    if (value > static_cast<std::uint64_t>(rows)) {
      throw InputError(fmt::format("--rows {}: the input has {} rows", quote(word), rows));
    }
    return static_cast<std::int64_t>(value);
  };
  const std::int64_t first = bound(parts[0], 0);
  const std::int64_t end = bound(parts[1], rows);
  if (first >= end) {
    throw InputError(fmt::format("--rows {}: selects no row; A must be below B", quote(word)));
  }
  return {first, end - first};
}

MetricChoice parse_metrics(const std::string& word, const MetricInputs& given) {
  std::set<MetricId> chosen;
  MetricChoice choice;
  for (const std::string_view item : split(word, ',')) {
    if (item == "all" || item == "default") {
      for (MetricId id = 0; id < metric_table.size(); ++id) {
        if (part_of(item, metric_table[id], given.labels)) {
          chosen.insert(id);
        }
      }
      choice.renyi = choice.renyi || given.orders;
      std::transform(given.levels.begin(), given.levels.end(), choice.ordering.begin(),
                     choice.ordering.begin(), std::logical_or<>());
    } else if (item == renyi_name) {
      choice.renyi = true;
    } else if (!choose_ordering(item, choice.ordering)) {
      chosen.insert(metric_named(std::string(item)));
    }
  }
  choice.metrics.assign(chosen.begin(), chosen.end());
  check_inputs(choice, given);
  return choice;
}

std::vector<double> parse_orders(const std::string& word) {
  std::set<double> orders;
  for (const std::string_view item : split(word, ',')) {
    const double order = parse_real(item, "--renyi-orders");
    if (!(order >= 0)) {
      throw InputError(
          fmt::format("--renyi-orders: {} is not an order; use numbers from 0 to inf", quote(item)));
    }
    orders.insert(order);
  }
  return {orders.begin(), orders.end()};
}

}  // namespace tempsweep::app
