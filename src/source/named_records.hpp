// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "source/line_reader.hpp"

namespace tempsweep {

/// The records of a CSV file of two fields, after its header: a token, and a value of it.
/// RFC 4180: a token in quotes may hold commas, line ends and doubled quotes.
class NamedRecords {
 public:
  /// `what`: the value's name for messages, `logit`; `values`: what may be written there.
  NamedRecords(LineReader& reader, std::string_view what, std::string_view values)
      : reader_(reader), what_(what), values_(values) {}

  /// The next record; `value` without blanks around it. \returns false after the last
  /// \throws InputError with file, line and field
  [[nodiscard]] bool next(std::string& token, std::string_view& value);

  /// File, line and number of a field (1 or 2) of the record that next() gave.
  [[nodiscard]] std::string place(int field) const;

 private:
  std::size_t take_quoted(std::string& token);
  std::size_t take_plain(std::string& token) const;

  LineReader& reader_;
  std::string_view what_;
  std::string_view values_;
  std::string record_;
  std::int64_t start_ = 0;
  std::int64_t blank_ = 0;
};

[[nodiscard]] std::string_view trim(std::string_view field);

/// Blank lines may end a file; `blank` is the first of them, 0 while there is none.
/// \returns true at a blank line. \throws InputError at a line after one
[[nodiscard]] bool skip_blank(const LineReader& reader, std::string_view line, std::int64_t& blank);

}  // namespace tempsweep
