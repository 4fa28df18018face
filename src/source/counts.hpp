// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>

#include "tempsweep/foreign_draws.hpp"

namespace tempsweep {

[[nodiscard]] DrawCounts read_csv_counts(const std::string& path, const DrawShape& shape);
[[nodiscard]] DrawCounts read_json_counts(const std::string& path, const DrawShape& shape);

/// \throws InputError unless every row holds 1 to 2^53 draws
void check_totals(const std::string& place, const DrawCounts& draws);
/// \throws InputError unless the counts are those of the rows and tokens that are judged
void check_matrix(const std::string& place, const DrawShape& shape, std::uint64_t rows, std::uint64_t width);

/// A whole number, all of the word. \throws InputError "{place}: {word} is no {what}"
[[nodiscard]] std::int64_t parse_integer(std::string_view word, const std::string& place,
                                         std::string_view what);
/// A count, 0 or more. \throws InputError
[[nodiscard]] std::uint64_t parse_draw_count(std::string_view word, const std::string& place);
/// \throws InputError unless 0 <= id < width
void check_id(std::int64_t id, std::int64_t width, const std::string& place);

/// Tokens by their names, or by their ids where there are no names.
class TokenIndex {
 public:
  explicit TokenIndex(const DrawShape& shape);
  /// \throws InputError for a name that no token has, or several have
  [[nodiscard]] std::int64_t find(const std::string& name, const std::string& place) const;

 private:
  static constexpr std::int64_t twice = -1;
  DrawShape shape_;
  std::unordered_map<std::string_view, std::int64_t> by_name_;
};

}  // namespace tempsweep
