// SPDX-License-Identifier: Apache-2.0
#include "source/named_records.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"

#include "core/quote.hpp"

namespace tempsweep {
namespace {

[[noreturn]] void refuse(const std::string& place, const std::string& why) {
  throw InputError(fmt::format("{}: {}", place, why));
}

}  // namespace

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

std::string NamedRecords::place(int field) const {
  return fmt::format("{}:{}:{}", reader_.file().path(), start_, field);
}

/// \returns what follows its end
std::size_t NamedRecords::take_quoted(std::string& token) {
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

std::size_t NamedRecords::take_plain(std::string& token) const {
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

bool NamedRecords::next(std::string& token, std::string_view& value) {
  std::string_view line;
  do {
    if (!reader_.next(line)) return false;
    start_ = reader_.number();
  } while (skip_blank(reader_, without_carriage_return(line), blank_));
  record_ = line;
  token.clear();
  const std::size_t end = record_.starts_with('"') ? take_quoted(token) : take_plain(token);
  std::string_view rest = without_carriage_return(std::string_view(record_).substr(end));
  if (!rest.empty() && rest.front() != ',') {
    refuse(place(1), fmt::format("{} follows the closing quote; a comma must", quote(rest)));
  }
  if (rest.empty()) refuse(place(2), fmt::format("the {0} is missing; each line is token,{0}", what_));
  rest.remove_prefix(1);
  if (rest.find(',') != std::string_view::npos) {
    refuse(place(3), "more than two fields; a token that holds a comma needs quotes");
  }
  value = trim(rest);
  if (value.empty()) refuse(place(2), fmt::format("the {} is empty; write {}", what_, values_));
  return true;
}

}  // namespace tempsweep
