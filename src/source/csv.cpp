// SPDX-License-Identifier: Apache-2.0
// Two kinds of CSV: one row of named tokens under the header `token,logit`, or a bare numeric matrix.
#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/core/number.hpp"

#include "core/quote.hpp"
#include "source/formats.hpp"
#include "source/line_reader.hpp"
#include "source/text_matrix.hpp"

namespace tempsweep {
namespace {

constexpr std::string_view named_header = "token,logit";

[[noreturn]] void refuse(const std::string& place, const std::string& why) {
  throw InputError(fmt::format("{}: {}", place, why));
}

std::string_view trim(std::string_view field) {
  const auto begin = field.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return field.substr(begin, field.find_last_not_of(" \t") - begin + 1);
}

/// Blank lines may end a file; `blank` is the first of them, 0 while there is none.
bool skip_blank(const LineReader& reader, std::string_view line, std::int64_t& blank) {
  if (trim(line).empty()) {
    if (blank == 0) blank = reader.number();
    return true;
  }
  if (blank != 0) refuse(fmt::format("{}:{}", reader.file().path(), blank), "the line is blank; delete it");
  return false;
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

class NamedParser {
 public:
  explicit NamedParser(LineReader& reader) : reader_(reader) {}

  TextMatrix parse() {
    std::string_view line;
    std::int64_t blank = 0;
    while (reader_.next(line)) {
      start_ = reader_.number();
      if (skip_blank(reader_, without_carriage_return(line), blank)) continue;
      record_ = line;
      add_token();
    }
    if (matrix_.values.empty()) refuse(reader_.file().path(), "holds the header token,logit but no token");
    matrix_.rows = 1;
    matrix_.width = static_cast<std::int64_t>(matrix_.values.size());
    return std::move(matrix_);
  }

 private:
  [[nodiscard]] std::string place(int field) const {
    return fmt::format("{}:{}:{}", reader_.file().path(), start_, field);
  }

  /// RFC 4180: a field in quotes may hold commas, line ends and doubled quotes. \returns what follows its end
  std::size_t take_quoted(std::string& token) {
    std::size_t at = 1;
    while (true) {
      const auto mark = record_.find('"', at);
      if (mark == std::string::npos) {
        token.append(record_, at);
        token += '\n';
        std::string_view line;
        if (!reader_.next(line)) refuse(place(1), "the quote that opens here is never closed");
        record_ = line;
        at = 0;
        continue;
      }
      token.append(record_, at, mark - at);
      if (record_.compare(mark, 2, "\"\"") != 0) return mark + 1;
      token += '"';
      at = mark + 2;
    }
  }

  std::size_t take_plain(std::string& token) const {
    const auto comma = std::min(record_.find(','), record_.size());
    token = record_.substr(0, comma);
    if (trim(without_carriage_return(token)).empty()) {
      refuse(place(1), "the token is empty; write \"\" for an empty token and quotes around blanks");
    }
    if (token.find('"') != std::string::npos) {
      refuse(place(1), "a quote stands within a token; put the token in quotes and double the quotes in it");
    }
    return comma;
  }

  void add_token() {
    std::string token;
    const std::size_t end = record_.starts_with('"') ? take_quoted(token) : take_plain(token);
    std::string_view rest = without_carriage_return(std::string_view(record_).substr(end));
    if (!rest.empty() && rest.front() != ',') {
      refuse(place(1), fmt::format("{} follows the closing quote; a comma must", quote(rest)));
    }
    if (rest.empty()) refuse(place(2), "the logit is missing; each line is token,logit");
    rest.remove_prefix(1);
    if (rest.find(',') != std::string_view::npos) {
      refuse(place(3), "more than two fields; a token that holds a comma needs quotes");
    }
    const std::string_view field = trim(rest);
    if (field.empty()) refuse(place(2), "the logit is empty; write a number, inf, -inf or nan");
    matrix_.values.push_back(parse_real(field, place(2)));
    matrix_.token_names.push_back(std::move(token));
  }

  LineReader& reader_;
  TextMatrix matrix_;
  std::string record_;
  std::int64_t start_ = 0;
};

}  // namespace

std::unique_ptr<Source> open_csv(const std::string& path) {
  LineReader reader(path);
  std::string_view line;
  if (!reader.next(line)) refuse(path, "holds no line of text");
  if (without_carriage_return(line) == named_header) return text_source(path, NamedParser(reader).parse());
  return text_source(path, MatrixParser(reader).parse(line));
}

}  // namespace tempsweep
