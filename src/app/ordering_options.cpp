// SPDX-License-Identifier: Apache-2.0
#include "app/ordering_options.hpp"

#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/core/number.hpp"

#include "core/quote.hpp"
#include "core/split.hpp"

namespace tempsweep::app {
namespace {

/// Probabilities, or shares of one.
std::vector<double> parse_levels(const CommandLine& line, const std::string& name, bool zero) {
  std::set<double> levels;
  if (!line.has(name)) {
    return {};
  }
  const std::string word = line.value(name);
  for (const std::string_view item : split(word, ',')) {
    const double level = parse_real(item, "--" + name);
    if (!(level >= 0 && level <= 1) || (level == 0 && !zero)) {
      throw InputError(fmt::format("--{}: {} is out of range; use numbers {} 0 to 1", name, quote(item),
                                   zero ? "from" : "above"));
    }
    levels.insert(level + 0.0);  // −0 is 0
  }
  return {levels.begin(), levels.end()};
}

std::vector<std::int64_t> parse_top_k(const CommandLine& line, const std::string& name) {
  std::set<std::int64_t> counts;
  if (!line.has(name)) {
    return {};
  }
  const std::string word = line.value(name);
  for (const std::string_view item : split(word, ',')) {
    const std::uint64_t count = parse_count(item, "--" + name);
    if (count == 0 || count > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      throw InputError(fmt::format("--{}: {} is no number of tokens; use 1 or more", name, quote(item)));
    }
    counts.insert(static_cast<std::int64_t>(count));
  }
  return {counts.begin(), counts.end()};
}

}  // namespace

OrderingAxes parse_ordering(const CommandLine& line) {
  return {parse_levels(line, "nucleus-masses", false), parse_top_k(line, "mass-at-k"),
          parse_levels(line, "min-p-levels", true), parse_levels(line, "thresholds", true)};
}

OrderingFlags given_levels(const OrderingAxes& axes) {
  OrderingFlags flags{};
  for (std::size_t i = 0; i < ordering_table.size(); ++i) {
    flags[i] = ordering_table[i].size(axes) > 0;
  }
  return flags;
}

void keep_chosen(const OrderingFlags& chosen, OrderingAxes& axes) {
  for (std::size_t i = 0; i < ordering_table.size(); ++i) {
    if (!chosen[i]) {
      ordering_table[i].clear(axes);
    }
  }
}

}  // namespace tempsweep::app
