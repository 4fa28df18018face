// SPDX-License-Identifier: Apache-2.0
#include "source/counts.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/core/interrupt.hpp"

#include "core/quote.hpp"
#include "source/text_matrix.hpp"

namespace tempsweep {
namespace {

constexpr std::uint64_t most_draws = std::uint64_t{1} << 53U;

void check_integers(const NumberArray& array, std::string_view what) {
  if (array.type().is_integer()) return;
  throw InputError(fmt::format("{}: the elements are {}; {} are integers: convert with x.astype('int64')",
                               array.name(), name_of(array.type()), what));
}

}  // namespace

void check_totals(const std::string& place, const DrawCounts& draws) {
  for (std::int64_t row = 0; row < draws.rows; ++row) {
    std::uint64_t total = 0;
    for (const std::uint64_t count : draws.row(row)) {
      total = std::min(total + std::min(count, most_draws + 1), most_draws + 1);
    }
    if (total == 0) {
      throw InputError(fmt::format("{}: row {}: all counts are 0, there is nothing to judge", place, row));
    }
    if (total > most_draws) {
      throw InputError(fmt::format("{}: row {}: more than 2^53 draws; judge them in parts", place, row));
    }
  }
}

void check_matrix(const std::string& place, const DrawShape& shape, std::uint64_t rows, std::uint64_t width) {
  if (width != static_cast<std::uint64_t>(shape.width)) {
    throw InputError(
        fmt::format("{}: holds {} counts a row, the vocabulary has {} tokens; one count a token is needed "
                    "(--vocab judges the first V)",
                    place, width, shape.width));
  }
  if (rows != static_cast<std::uint64_t>(shape.rows)) {
    throw InputError(fmt::format("{}: holds {} {} of counts for {} {} of logits; choose the rows with --rows",
                                 place, rows, rows == 1 ? "row" : "rows", shape.rows,
                                 shape.rows == 1 ? "row" : "rows"));
  }
}

DrawCounts read_counts(NumberArray& array, const DrawShape& shape) {
  check_integers(array, "counts");
  const auto& extents = array.shape();
  if (extents.size() > 2) {
    throw InputError(fmt::format("{}: has shape {}; counts are [tokens] or [rows, tokens]", array.name(),
                                 format_shape(extents)));
  }
  check_matrix(array.name(), shape, extents.size() == 2 ? extents[0] : 1, extents.back());
  DrawCounts draws{shape.rows, shape.width, {}};
  draws.counts.resize(array.size());
  std::vector<std::int64_t> row(static_cast<std::size_t>(shape.width));
  for (std::int64_t r = 0; r < shape.rows; ++r) {
    const auto first = static_cast<std::uint64_t>(r * shape.width);
    read_integers(array, first, row);
    for (std::size_t token = 0; token < row.size(); ++token) {
      if (row[token] < 0) {
        throw InputError(fmt::format("{}: row {}, token {}: the count {} is negative; counts are 0 or more",
                                     array.name(), r, token, row[token]));
      }
      draws.counts[first + token] = static_cast<std::uint64_t>(row[token]);
    }
  }
  check_totals(array.name(), draws);
  return draws;
}

DrawCounts read_counts(const std::string& path, const DrawShape& shape) {
  const auto ends = [&](std::string_view suffix) { return path.ends_with(suffix); };
  if (ends(".csv")) return read_csv_counts(path, shape);
  if (ends(".json")) return read_json_counts(path, shape);
  if (ends(".npy")) return read_counts(*open_npy_numbers(path), shape);
  throw InputError(fmt::format(
      "{}: the format is unknown; counts are read from .npy, .csv, .json and file.h5:/dataset", path));
}

TokenIndex::TokenIndex(const DrawShape& shape) : shape_(shape) {
  for (std::size_t i = 0; i < shape.names.size(); ++i) {
    const auto [found, fresh] = by_name_.try_emplace(shape.names[i], static_cast<std::int64_t>(i));
    if (!fresh) found->second = twice;
  }
}

std::int64_t TokenIndex::find(const std::string& name, const std::string& place) const {
  if (shape_.names.empty()) {
    const std::int64_t id = parse_integer(name, place, "token id; without --tokens tokens are numbers");
    check_id(id, shape_.width, place);
    return id;
  }
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) {
    throw InputError(fmt::format("{}: no token is called {}; see --tokens", place, quote(name)));
  }
  if (found->second == twice) {
    throw InputError(fmt::format("{}: several tokens are called {}; give counts by position, without names",
                                 place, quote(name)));
  }
  return found->second;
}

DrawCounts count_draws(NumberArray& array, const DrawShape& shape) {
  check_integers(array, "token ids");
  const auto& extents = array.shape();
  if (shape.rows > 1 && (extents.size() != 2 || extents[0] != static_cast<std::uint64_t>(shape.rows))) {
    throw InputError(fmt::format("{}: has shape {}; the draws of {} rows of logits are [{}, n]", array.name(),
                                 format_shape(extents), shape.rows, shape.rows));
  }
  DrawCounts draws{shape.rows, shape.width, {}};
  draws.counts.resize(static_cast<std::size_t>(shape.rows * shape.width));
  const std::uint64_t each = array.size() / static_cast<std::uint64_t>(shape.rows);
  constexpr std::uint64_t piece = 1U << 16U;
  std::vector<std::int64_t> ids;
  for (std::int64_t row = 0; row < shape.rows; ++row) {
    std::uint64_t* const counts = draws.counts.data() + row * shape.width;
    for (std::uint64_t done = 0; done < each; done += ids.size()) {
      throw_if_interrupted();
      ids.resize(std::min(piece, each - done));
      read_integers(array, static_cast<std::uint64_t>(row) * each + done, ids);
      for (std::size_t i = 0; i < ids.size(); ++i) {
        if (ids[i] < 0 || ids[i] >= shape.width) {
          check_id(ids[i], shape.width, fmt::format("{}: row {}, draw {}", array.name(), row, done + i));
        }
        ++counts[ids[i]];
      }
    }
  }
  check_totals(array.name(), draws);
  return draws;
}

}  // namespace tempsweep
