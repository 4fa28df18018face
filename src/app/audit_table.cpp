// SPDX-License-Identifier: Apache-2.0
#include "app/audit_table.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/foreign_draws.hpp"
#include "tempsweep/source.hpp"

namespace tempsweep::app {
namespace {

enum class Kind : std::uint8_t { detect, cdf, weights, alias };

/// Numbers of a table, held exactly.
struct Numbers {
  std::string name;
  NumberType type;
  std::vector<std::uint64_t> shape;
  std::vector<DoubleDouble> values;
};

[[noreturn]] void refuse(const std::string& name, const std::string& why) {
  throw InputError(fmt::format("{}: {}", name, why));
}

/// 64 bits are more than a double holds.
DoubleDouble exact_number(std::uint64_t value) {
  return two_sum(static_cast<double>(value >> 32U) * 0x1p32, static_cast<double>(value & 0xFFFFFFFFU));
}

Numbers load(NumberArray& array) {
  Numbers numbers{array.name(), array.type(), array.shape(), {}};
  numbers.values.reserve(array.size());
  if (numbers.type.kind == NumberKind::unsigned_integer) {
    std::vector<std::uint64_t> values(array.size());
    read_unsigned(array, 0, values);
    std::transform(values.begin(), values.end(), std::back_inserter(numbers.values), exact_number);
    return numbers;
  }
  if (numbers.type.kind == NumberKind::signed_integer) {
    std::vector<std::int64_t> values(array.size());
    read_integers(array, 0, values);
    for (const std::int64_t value : values) {
      const DoubleDouble size =
          exact_number(value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value));
      numbers.values.push_back(value < 0 ? -size : size);
    }
    return numbers;
  }
  std::vector<double> values(array.size());
  read_reals(array, 0, values);
  for (const double value : values) numbers.values.push_back({value, 0});
  return numbers;
}

Numbers load_text(const std::string& path) {
  const auto source = open_source(path);
  if (source->rows() != 1) refuse(path, fmt::format("holds {} rows; a table is one", source->rows()));
  std::vector<double> values(static_cast<std::size_t>(source->width()));
  source->read(0, 1, source->width(), values.data());
  Numbers numbers{path, {}, {values.size()}, {}};
  for (const double value : values) numbers.values.push_back({value, 0});
  return numbers;
}

std::unique_ptr<NumberArray> open_array(const std::string& place) {
  if (is_hdf5_place(place)) return open_hdf5_numbers(place);
  const auto member = place.find(".npz:");
  if (member != std::string::npos)
    return open_npz_numbers(place.substr(0, member + 4), place.substr(member + 5));
  return open_npy_numbers(place);
}

Numbers load_place(const std::string& place) {
  if (place.ends_with(".csv") || place.ends_with(".json")) return load_text(place);
  return load(*open_array(place));
}

/// Share of its column that a threshold stands for.
std::vector<DoubleDouble> shares_of(Numbers thresholds) {
  if (thresholds.type.kind == NumberKind::signed_integer) {
    refuse(thresholds.name,
           fmt::format("the thresholds are {}; floats in [0, 1] or unsigned integers are read",
                       name_of(thresholds.type)));
  }
  if (thresholds.type.is_integer()) {
    const int bits = static_cast<int>(8 * thresholds.type.bytes);
    for (DoubleDouble& value : thresholds.values) {
      value = {std::ldexp(value.high, -bits), std::ldexp(value.low, -bits)};
    }
  }
  return std::move(thresholds.values);
}

std::vector<std::int64_t> aliases_of(const Numbers& aliases) {
  std::vector<std::int64_t> result;
  result.reserve(aliases.values.size());
  for (const DoubleDouble& value : aliases.values) {
    const bool whole = value.high == std::floor(value.high) && std::abs(value.high) < 0x1p53;
    if (!whole) refuse(aliases.name, fmt::format("the alias {} is no column", value.high));
    result.push_back(static_cast<std::int64_t>(value.high));
  }
  return result;
}

SamplerTable alias_table(Numbers thresholds, const Numbers& aliases, std::size_t tokens) {
  const std::string scale = thresholds.type.is_integer()
                                ? fmt::format("in units of 2^-{}", 8 * thresholds.type.bytes)
                                : "in [0, 1]";
  SamplerTable table{thresholds.name,
                     fmt::format("alias table of {} columns, {} thresholds {}", thresholds.values.size(),
                                 name_of(thresholds.type), scale),
                     {}};
  const auto alias = aliases_of(aliases);
  table.law = law_of_alias(shares_of(std::move(thresholds)), alias, tokens, table.name);
  return table;
}

/// {threshold, alias} of each column side by side.
SamplerTable alias_pairs(const Numbers& pairs, std::size_t tokens) {
  if (pairs.shape.size() != 2 || pairs.shape[1] != 2) {
    refuse(pairs.name, fmt::format("has shape {}; one array of an alias table is [columns, 2], or give two: "
                                   "THRESHOLDS,ALIASES",
                                   format_shape(pairs.shape)));
  }
  Numbers thresholds{pairs.name, pairs.type, {pairs.shape[0]}, {}};
  Numbers aliases = thresholds;
  for (std::size_t i = 0; i < pairs.values.size(); i += 2) {
    thresholds.values.push_back(pairs.values[i]);
    aliases.values.push_back(pairs.values[i + 1]);
  }
  return alias_table(std::move(thresholds), aliases, tokens);
}

bool ascends(const std::vector<DoubleDouble>& values) {
  return !(values.front().high < 0) && std::is_sorted(values.begin(), values.end());
}

Kind kind_of(const Numbers& numbers, std::size_t tokens) {
  if (numbers.shape.size() == 2 && numbers.shape[1] == 2 && numbers.shape[0] >= tokens &&
      numbers.type.kind == NumberKind::unsigned_integer) {
    return Kind::alias;
  }
  const std::size_t entries = numbers.values.size();
  if (entries != tokens && entries != tokens + 1) {
    refuse(numbers.name,
           fmt::format("holds {} numbers; a table of {} tokens has V weights, or V or V + 1 entries "
                       "of a CDF; an alias table is two arrays: THRESHOLDS,ALIASES",
                       entries, tokens));
  }
  if (entries == tokens + 1) return Kind::cdf;
  if (!ascends(numbers.values)) return Kind::weights;
  if (std::abs(numbers.values.back().high - 1) <= 1e-3) return Kind::cdf;
  refuse(numbers.name, "could be a CDF or weights that ascend; say which: cdf:FILE or weights:FILE");
}

SamplerTable list_table(const Numbers& numbers, Kind kind, std::size_t tokens) {
  if (kind == Kind::detect) kind = kind_of(numbers, tokens);
  if (kind == Kind::alias) return alias_pairs(numbers, tokens);
  const bool cdf = kind == Kind::cdf;
  const std::string what = fmt::format("{} of {} {} entries", cdf ? "CDF" : "weights", numbers.values.size(),
                                       name_of(numbers.type));
  return {numbers.name, what,
          cdf ? law_of_cdf(numbers.values, tokens, numbers.name)
              : law_of_weights(numbers.values, tokens, numbers.name)};
}

/// The arrays of an archive or a group by their names.
SamplerTable named_table(const std::string& place, const std::vector<std::string>& names, Kind kind,
                         std::size_t tokens) {
  const std::string inside = place + (place.ends_with(".npz") ? ":" : place.ends_with('/') ? "" : "/");
  const auto find = [&](std::initializer_list<const char*> wanted) -> std::optional<std::string> {
    for (const char* name : wanted) {
      if (std::find(names.begin(), names.end(), name) != names.end()) return inside + name;
    }
    return std::nullopt;
  };
  const auto threshold = find({"threshold", "thresholds", "probability", "prob"});
  const auto alias = find({"alias", "aliases"});
  if (threshold && alias && (kind == Kind::detect || kind == Kind::alias)) {
    return alias_table(load_place(*threshold), load_place(*alias), tokens);
  }
  if (const auto cdf = find({"cdf"})) return list_table(load_place(*cdf), Kind::cdf, tokens);
  if (const auto weights = find({"weights", "weight"})) {
    return list_table(load_place(*weights), Kind::weights, tokens);
  }
  if (names.size() == 1) return list_table(load_place(inside + names.front()), kind, tokens);
  refuse(place, fmt::format("holds the arrays {}; a table is called cdf, weights, or threshold and alias",
                            fmt::join(names, ", ")));
}

std::pair<Kind, std::string> split_kind(const std::string& word) {
  constexpr std::pair<std::string_view, Kind> prefixes[] = {
      {"cdf:", Kind::cdf}, {"weights:", Kind::weights}, {"alias:", Kind::alias}};
  for (const auto& [prefix, kind] : prefixes) {
    if (word.starts_with(prefix)) return {kind, word.substr(prefix.size())};
  }
  return {Kind::detect, word};
}

/// Two places with a comma between them, unless a file has that very name.
std::optional<std::pair<std::string, std::string>> split_pair(const std::string& place) {
  const auto comma = place.find(',');
  std::error_code ignored;
  if (comma == std::string::npos || std::filesystem::exists(place, ignored)) return std::nullopt;
  return std::pair{place.substr(0, comma), place.substr(comma + 1)};
}

}  // namespace

SamplerTable read_table(const std::string& word, std::int64_t tokens) {
  const auto vocabulary = static_cast<std::size_t>(tokens);
  const auto [kind, place] = split_kind(word);
  if (const auto pair = split_pair(place)) {
    if (kind != Kind::detect && kind != Kind::alias) refuse(place, "two files are an alias table");
    return alias_table(load_place(pair->first), load_place(pair->second), vocabulary);
  }
  if (place.ends_with(".npz")) return named_table(place, npz_names(place), kind, vocabulary);
  if (is_hdf5_place(place)) {
    const auto names = hdf5_names(place);
    if (!names.empty()) return named_table(place, names, kind, vocabulary);
  }
  return list_table(load_place(place), kind, vocabulary);
}

}  // namespace tempsweep::app
