// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tempsweep/backend.hpp"

#include "app/command_line.hpp"
#include "app/ordering_options.hpp"

namespace tempsweep::app {

/// A whole number from 0 to `largest`, or `otherwise` where the option was not given.
[[nodiscard]] std::uint64_t count_option(const CommandLine& line, const std::string& name,
                                         std::uint64_t otherwise, std::uint64_t largest);

/// `--threads`, 1 to 4096; all that there are when it was not given.
[[nodiscard]] int parse_threads(const CommandLine& line);

/// `--device`: numbers of devices, each once, or `all`. \param there  how many there are
/// \throws InputError; DeviceError for a number that no device has
[[nodiscard]] std::vector<int> parse_devices(const std::string& word, std::size_t there);

/// One of a few words, or an InputError that lists them.
/// \returns its place in `choices`.
[[nodiscard]] std::size_t parse_choice(const std::string& option, const std::string& word,
                                       const std::vector<std::string>& choices);

/// `a:b`, `:b`, `a:` within 0 … rows: first and count ≥ 1.
[[nodiscard]] std::pair<std::int64_t, std::int64_t> parse_rows(const std::string& word, std::int64_t rows);

struct MetricChoice {
  std::vector<MetricId> metrics;  ///< in table order
  bool renyi = false;
  OrderingFlags ordering{};
};

/// Which inputs of metrics were given.
struct MetricInputs {
  bool labels = false;
  bool orders = false;
  OrderingFlags levels{};
};

/// `--metrics`: names of the tables, `renyi_entropy`, `default`, `all` (everything whose inputs are given).
/// What labels, orders or levels make possible is part of both words.
[[nodiscard]] MetricChoice parse_metrics(const std::string& word, const MetricInputs& given);

/// Orders a ≥ 0, `inf` allowed: strictly increasing.
[[nodiscard]] std::vector<double> parse_orders(const std::string& word);

}  // namespace tempsweep::app
