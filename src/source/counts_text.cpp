// SPDX-License-Identifier: Apache-2.0
// Counts as CSV: a matrix of whole numbers, or the header `token,count` and a token a line.
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/core/number.hpp"

#include "core/quote.hpp"
#include "source/counts.hpp"
#include "source/line_reader.hpp"
#include "source/named_records.hpp"

namespace tempsweep {
namespace {

constexpr std::string_view named_header = "token,count";

[[noreturn]] void refuse(const std::string& place, const std::string& why) {
  throw InputError(fmt::format("{}: {}", place, why));
}

DrawCounts read_named(LineReader& reader, const DrawShape& shape) {
  const std::string& path = reader.file().path();
  if (shape.rows != 1) {
    refuse(path,
           fmt::format("names the tokens of one row, {} rows of logits are judged; choose one with --rows",
                       shape.rows));
  }
  DrawCounts draws{1, shape.width, {}};
  draws.counts.resize(static_cast<std::size_t>(shape.width));
  std::vector<bool> seen(draws.counts.size());
  const TokenIndex index(shape);
  NamedRecords records(reader, "count", "a whole number, 0 or more");
  std::string token;
  std::string_view value;
  while (records.next(token, value)) {
    const auto id = static_cast<std::size_t>(index.find(token, records.place(1)));
    if (seen[id])
      refuse(records.place(1), fmt::format("token {} stands twice; add its counts up", quote(token)));
    seen[id] = true;
    draws.counts[id] = parse_draw_count(value, records.place(2));
  }
  check_totals(path, draws);
  return draws;
}

/// Adds the counts of one line. \returns their number
std::uint64_t add_line(std::string_view line, const LineReader& reader, std::vector<std::uint64_t>& counts) {
  std::uint64_t fields = 0;
  for (bool more = true; more;) {
    const auto comma = line.find(',');
    more = comma != std::string_view::npos;
    const std::string place = fmt::format("{}:{}:{}", reader.file().path(), reader.number(), ++fields);
    const std::string_view field = trim(line.substr(0, comma));
    if (field.empty()) refuse(place, "the field is empty; write a count, 0 or more");
    counts.push_back(parse_draw_count(field, place));
    if (more) line.remove_prefix(comma + 1);
  }
  return fields;
}

DrawCounts read_matrix(LineReader& reader, std::string_view line, const DrawShape& shape) {
  DrawCounts draws{shape.rows, shape.width, {}};
  std::uint64_t rows = 0;
  std::int64_t blank = 0;
  do {
    const std::string_view text = without_carriage_return(line);
    if (skip_blank(reader, text, blank)) continue;
    const std::uint64_t fields = add_line(text, reader, draws.counts);
    check_matrix(fmt::format("{}:{}", reader.file().path(), reader.number()), {shape.rows, shape.width, {}},
                 static_cast<std::uint64_t>(shape.rows), fields);
    ++rows;
  } while (reader.next(line));
  check_matrix(reader.file().path(), shape, rows, static_cast<std::uint64_t>(shape.width));
  check_totals(reader.file().path(), draws);
  return draws;
}

}  // namespace

std::int64_t parse_integer(std::string_view word, const std::string& place, std::string_view what) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc{} || end != word.data() + word.size()) {
    refuse(place, fmt::format("{} is no {}", quote(word), what));
  }
  return value;
}

std::uint64_t parse_draw_count(std::string_view word, const std::string& place) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error == std::errc{} && end == word.data() + word.size()) return value;
  const double real = parse_real(word, place);  // 1e6 and 5.0 are whole numbers, too
  if (real < 0) refuse(place, fmt::format("the count {} is negative; counts are 0 or more", word));
  if (!(real <= 0x1p53)) refuse(place, fmt::format("{} is no count of draws; at most 2^53 are judged", word));
  if (real != std::floor(real)) {
    refuse(place, fmt::format("the count {} is not whole; give numbers of draws, not frequencies", word));
  }
  return static_cast<std::uint64_t>(real);
}

void check_id(std::int64_t id, std::int64_t width, const std::string& place) {
  if (id < 0) refuse(place, fmt::format("token id {} is negative; ids are 0 ... {}", id, width - 1));
  if (id >= width) {
    refuse(place, fmt::format("token id {} is outside the vocabulary 0 ... {}; are these the logits?", id,
                              width - 1));
  }
}

DrawCounts read_csv_counts(const std::string& path, const DrawShape& shape) {
  LineReader reader(path);
  std::string_view line;
  if (!reader.next(line)) refuse(path, "holds no line of text");
  if (without_carriage_return(line) == named_header) return read_named(reader, shape);
  return read_matrix(reader, line, shape);
}

}  // namespace tempsweep
