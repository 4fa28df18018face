// SPDX-License-Identifier: Apache-2.0
// Two kinds of CSV: one row of named tokens under the header `token,logit`, or a bare numeric matrix.
#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/core/number.hpp"

#include "source/formats.hpp"
#include "source/line_reader.hpp"
#include "source/named_records.hpp"
#include "source/text_matrix.hpp"

namespace tempsweep {
namespace {

constexpr std::string_view named_header = "token,logit";

[[noreturn]] void refuse(const std::string& place, const std::string& why) {
  throw InputError(fmt::format("{}: {}", place, why));
}

class MatrixParser {
 public:
  explicit MatrixParser(LineReader& reader) : reader_(reader) {}

  TextMatrix parse(std::string_view line) {
    std::int64_t blank = 0;
    do {
      const std::string_view text = without_carriage_return(line);
      if (!skip_blank(reader_, text, blank)) add_row(text);
    } while (reader_.next(line));
    if (matrix_.rows == 0) refuse(reader_.file().path(), "holds no numbers, only blank lines");
    return std::move(matrix_);
  }

 private:
  [[nodiscard]] std::string place(std::int64_t field) const {
    return fmt::format("{}:{}:{}", reader_.file().path(), reader_.number(), field);
  }

  [[nodiscard]] double number(std::string_view field, std::int64_t index) const {
    field = trim(field);
    double value = 0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    const bool plain = !field.empty() && field.back() >= '0' && field.back() <= '9';
    if (plain && error == std::errc{} && end == field.data() + field.size()) return value;
    if (field.empty()) refuse(place(index), "the field is empty; write a number, inf, -inf or nan");
    try {
      return parse_real(field, place(index));
    } catch (const InputError& problem) {
      if (reader_.number() > 1) throw;
      throw InputError(fmt::format("{}; the only header line that is read is token,logit", problem.what()));
    }
  }

  void add_row(std::string_view line) {
    std::int64_t fields = 0;
    for (bool more = true; more;) {
      const auto comma = line.find(',');
      more = comma != std::string_view::npos;
      matrix_.values.push_back(number(line.substr(0, comma), ++fields));
      if (more) line.remove_prefix(comma + 1);
    }
    if (matrix_.rows == 0) {
      matrix_.width = fields;
    } else if (fields != matrix_.width) {
      refuse(place(std::min(fields, matrix_.width + 1)),
             fmt::format("the row has {} fields, the rows before it have {}", fields, matrix_.width));
    }
    ++matrix_.rows;
  }

  LineReader& reader_;
  TextMatrix matrix_;
};

TextMatrix parse_named(LineReader& reader) {
  TextMatrix matrix;
  NamedRecords records(reader, "logit", "a number, inf, -inf or nan");
  std::string token;
  std::string_view value;
  while (records.next(token, value)) {
    matrix.values.push_back(parse_real(value, records.place(2)));
    matrix.token_names.push_back(std::move(token));
  }
  if (matrix.values.empty()) refuse(reader.file().path(), "holds the header token,logit but no token");
  matrix.rows = 1;
  matrix.width = static_cast<std::int64_t>(matrix.values.size());
  return matrix;
}

}  // namespace

std::unique_ptr<Source> open_csv(const std::string& path) {
  LineReader reader(path);
  std::string_view line;
  if (!reader.next(line)) refuse(path, "holds no line of text");
  if (without_carriage_return(line) == named_header) return text_source(path, parse_named(reader));
  return text_source(path, MatrixParser(reader).parse(line));
}

}  // namespace tempsweep
