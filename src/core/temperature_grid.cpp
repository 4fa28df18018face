// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/core/temperature_grid.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <new>
#include <string>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/core/interrupt.hpp"
#include "tempsweep/core/memory.hpp"
#include "tempsweep/core/number.hpp"

#include "core/quote.hpp"
#include "core/split.hpp"

namespace tempsweep {
namespace {

constexpr std::uint64_t most_points = 2'147'483'647;

enum class Spacing : std::uint8_t { lin, log, invlin };

struct Range {
  Spacing spacing;
  double a;
  double b;
  std::uint64_t points;
};

[[noreturn]] void refuse(std::string_view item, std::string_view why) {
  throw InputError(fmt::format("--temperatures: {} {}", quote(item), why));
}

double parse_temperature(std::string_view text, const std::string& what) {
  const double value = parse_real(text, what);
  if (std::isnan(value)) throw InputError(fmt::format("{}: {} is not a temperature", what, quote(text)));
  if (value < 0) {
    throw InputError(
        fmt::format("{}: {} is negative; temperatures are 0, positive or inf", what, quote(text)));
  }
  return value == 0 ? 0.0 : value;  // −0 becomes +0
}

Range parse_range(std::string_view item, Spacing spacing) {
  const auto fields = split(item, ':');
  if (fields.size() != 4) refuse(item, "is not a range: write lin:a:b:n, log:a:b:n or invlin:a:b:n");
  const std::string what = fmt::format("--temperatures, item {}", quote(item));
  const Range range{spacing, parse_temperature(fields[1], what), parse_temperature(fields[2], what),
                    parse_count(fields[3], what)};
  if (std::isinf(range.a) || std::isinf(range.b)) {
    refuse(item, "has an infinite end; give inf as an item of its own");
  }
  if (range.a > range.b) refuse(item, "is descending; a range a:b needs a <= b");
  if (spacing != Spacing::lin && range.a == 0) {
    refuse(item, "begins at 0; log and invlin need ends above 0 (give 0 as an item of its own)");
  }
  if (spacing == Spacing::invlin && std::isinf(1 / range.a)) {
    refuse(item, "begins so low that 1/T is not a double");
  }
  if (range.points == 0) refuse(item, "has no points; n must be 1 or more");
  if (range.points == 1 && range.a != range.b) refuse(item, "has one point for two ends; n = 1 needs a = b");
  if (range.points > most_points) refuse(item, "has more than 2147483647 points");
  return range;
}

/// from + (to − from)·i/last, in the order of operations that is exact for short decimal steps.
double interpolate(double from, double to, double i, double last) {
  const double product = (to - from) * i;
  return from + (std::isfinite(product) ? product / last : (to - from) * (i / last));
}

double range_point(const Range& range, std::uint64_t index) {
  const auto i = static_cast<double>(index);
  const auto last = static_cast<double>(range.points - 1);
  switch (range.spacing) {
    case Spacing::lin:
      return interpolate(range.a, range.b, i, last);
    case Spacing::log: {
      const double ratio = range.b / range.a;
      const double t = i / last;
      return std::isfinite(ratio) ? range.a * std::pow(ratio, t)
                                  : std::pow(range.a, 1 - t) * std::pow(range.b, t);
    }
    case Spacing::invlin:
      return 1 / interpolate(1 / range.a, 1 / range.b, i, last);
  }
  return range.a;
}

void reserve_more(std::vector<double>& grid, std::uint64_t points, std::uint64_t memory,
                  std::string_view item) {
  if (grid.size() + points > most_points) refuse(item, "takes the grid beyond 2147483647 points");
  // Temperatures and their inverses.
  if (grid.size() + points > std::min(memory, available_memory()) / (2 * sizeof(double))) {
    throw MemoryError(
        fmt::format("--temperatures: {} needs {} for its {} points; raise --memory, or take fewer",
                    quote(item), format_bytes(2 * sizeof(double) * points), points));
  }
  try {
    grid.reserve(grid.size() + points);
  } catch (const std::bad_alloc&) {
    throw MemoryError(fmt::format("--temperatures: no memory for the {} points of {}", points, quote(item)));
  }
}

void append_range(std::vector<double>& grid, const Range& range, std::uint64_t memory,
                  std::string_view item) {
  if (range.a == range.b) {
    grid.push_back(range.a);
    return;
  }
  reserve_more(grid, range.points, memory, item);
  grid.push_back(range.a);
  for (std::uint64_t i = 1; i + 1 < range.points; ++i) {
    throw_if_interrupted();
    // Rounding must not carry an inner point past an end: the ends are the least and the greatest.
    grid.push_back(std::clamp(range_point(range, i), range.a, range.b));
  }
  grid.push_back(range.b);
}

void append_file(std::vector<double>& grid, std::string_view item) {
  const std::string path(item.substr(1));
  if (path.empty()) refuse(item, "names no file; write @file");
  std::error_code status;
  std::ifstream file;
  // Opening a pipe that nobody writes would wait for ever, and a device may never end.
  if (std::filesystem::is_regular_file(path, status)) file.open(path, std::ios::binary);
  std::string line;
  for (std::int64_t number = 1; std::getline(file, line); ++number) {
    std::string_view text = line;
    text = text.substr(0, text.find_last_not_of(" \t\r") + 1);
    if (text.empty() || text.front() == '#') continue;
    grid.push_back(parse_temperature(text, fmt::format("{}:{}", path, number)));
    if (grid.size() > most_points) refuse(item, "takes the grid beyond 2147483647 points");
  }
  if (!file.is_open() || !file.eof() || file.bad()) {
    throw InputError(
        fmt::format("--temperatures: the file {} cannot be read; check the path after @", quote(path)));
  }
}

void append_item(std::vector<double>& grid, std::uint64_t memory, std::string_view item) {
  if (item.empty()) {
    throw InputError("--temperatures: an item is empty; separate temperatures with single commas");
  }
  if (item.front() == '@') return append_file(grid, item);
  const auto colon = item.find(':');
  if (colon == std::string_view::npos) {
    grid.push_back(parse_temperature(item, "--temperatures"));
    return;
  }
  const std::string_view word = item.substr(0, colon);
  if (word == "lin") return append_range(grid, parse_range(item, Spacing::lin), memory, item);
  if (word == "log") return append_range(grid, parse_range(item, Spacing::log), memory, item);
  if (word == "invlin") return append_range(grid, parse_range(item, Spacing::invlin), memory, item);
  refuse(item, "is not a range that exists; there are lin:a:b:n, log:a:b:n and invlin:a:b:n");
}

}  // namespace

std::vector<double> parse_temperatures(std::string_view specification, std::uint64_t memory) {
  std::vector<double> grid;
  for (const std::string_view item : split(specification, ',')) append_item(grid, memory, item);
  if (grid.empty()) {
    throw InputError(fmt::format("--temperatures: {} holds no temperature", quote(specification)));
  }
  if (!std::is_sorted(grid.begin(), grid.end())) std::sort(grid.begin(), grid.end());
  grid.erase(std::unique(grid.begin(), grid.end()), grid.end());
  return grid;
}

}  // namespace tempsweep
