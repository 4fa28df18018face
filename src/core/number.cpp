// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/core/number.hpp"

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <system_error>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"

#include "core/quote.hpp"

namespace tempsweep {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// digits · 10^exponent, without trailing zeros in the digits (empty digits: zero).
struct Decimal {
  std::string digits;
  std::int64_t exponent = 0;
};

/// Takes `12`, `1.5`, `.5`, `2e6` off the front of `text`; nothing when no digit stands there.
std::optional<Decimal> take_decimal(std::string_view& text) {
  Decimal result;
  std::size_t at = 0;
  std::size_t seen = 0;
  bool point = false;
  for (; at < text.size() && (is_digit(text[at]) || (text[at] == '.' && !point)); ++at) {
    if (text[at] == '.') {
      point = true;
      continue;
    }
    ++seen;
    result.exponent -= point ? 1 : 0;
    if (!result.digits.empty() || text[at] != '0') result.digits += text[at];
  }
  if (seen == 0) return std::nullopt;
  text.remove_prefix(at);
  if (!text.empty() && (text.front() == 'e' || text.front() == 'E')) {
    std::size_t sign = text.size() > 1 && text[1] == '+' ? 1 : 0;
    std::int64_t exponent = 0;
    const char* const begin = text.data() + 1 + sign;
    const auto [end, error] = std::from_chars(begin, text.data() + text.size(), exponent);
    if (error == std::errc::invalid_argument || (sign == 1 && *begin == '-')) return std::nullopt;
    // Anything past 10^9 in either direction is zero or out of range all the same; this keeps sums in range.
    constexpr std::int64_t bound = 1'000'000'000;
    const bool negative = *begin == '-';
    if (error == std::errc::result_out_of_range) exponent = negative ? -bound : bound;
    result.exponent += std::min(std::max(exponent, -bound), bound);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  }
  while (!result.digits.empty() && result.digits.back() == '0') {
    result.digits.pop_back();
    ++result.exponent;
  }
  return result;
}

struct Scaled {
  std::uint64_t value = 0;
  bool whole = true;
  bool in_range = true;
};

/// number · multiplier, rounded down; exact in integers, since 1.1e18 or 2⁶⁴ − 1 do not survive a double.
Scaled scale(const Decimal& number, std::uint64_t multiplier) {
  if (number.digits.empty()) return {};
  std::uint64_t digits = 0;
  const char* const end = number.digits.data() + number.digits.size();
  if (std::from_chars(number.digits.data(), end, digits).ec != std::errc{}) return {0, false, false};
  Wide product = Wide{digits} * multiplier;
  Scaled result;
  for (std::int64_t e = number.exponent; e < 0 && product != 0; ++e) {
    result.whole = result.whole && product % 10 == 0;
    product /= 10;
  }
  for (std::int64_t e = number.exponent; e > 0 && product <= largest; --e) product *= 10;
  result.in_range = product <= largest;
  result.value = static_cast<std::uint64_t>(product);
  return result;
}

std::uint64_t multiplier_of(std::string_view suffix, std::string_view letters, std::uint64_t base) {
  if (suffix.size() != 1) return 0;
  const auto at = letters.find(suffix.front());
  if (at == std::string_view::npos) return 0;
  std::uint64_t result = base;
  for (std::size_t i = 0; i < at; ++i) result *= base;
  return result;
}

[[noreturn]] void refuse(std::string_view text, std::string_view what, std::string_view why) {
  if (text.empty()) throw InputError(fmt::format("{}: a number is missing", what));
  throw InputError(fmt::format("{}: {} {}", what, quote(text), why));
}

bool is_word(std::string_view text, std::string_view word) {
  if (text.size() != word.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((text[i] | 0x20) != word[i]) return false;
  }
  return true;
}

/// from_chars says "out of range" to 1e-400 as to 1e400; only the latter is an error.
bool underflows(std::string_view magnitude) {
  const auto number = take_decimal(magnitude);
  return number && number->exponent + static_cast<std::int64_t>(number->digits.size()) < 0;
}

}  // namespace

double parse_real(std::string_view text, std::string_view what) {
  std::string_view magnitude = text;
  const bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) magnitude.remove_prefix(1);
  if (magnitude.empty()) refuse(text, what, "is not a number");
  const double sign = negative ? -1.0 : 1.0;
  if (!is_digit(magnitude.front()) && magnitude.front() != '.') {
    if (is_word(magnitude, "inf") || is_word(magnitude, "infinity")) {
      return sign * std::numeric_limits<double>::infinity();
    }
    if (is_word(magnitude, "nan")) return std::numeric_limits<double>::quiet_NaN();
    refuse(text, what, "is not a number");
  }
  double value = 0;
  const char* const last = magnitude.data() + magnitude.size();
  const auto [end, error] = std::from_chars(magnitude.data(), last, value);
  if (error == std::errc::invalid_argument || end != last) refuse(text, what, "is not a number");
  if (error == std::errc::result_out_of_range) {
    if (!underflows(magnitude)) refuse(text, what, "is too large for a double (write inf for infinity)");
    value = 0;
  }
  return sign * value;
}

std::uint64_t parse_count(std::string_view text, std::string_view what) {
  std::string_view rest = text;
  const auto number = take_decimal(rest);
  const std::uint64_t multiplier = rest.empty() ? 1 : multiplier_of(rest, "kMG", 1000);
  if (!number || multiplier == 0) {
    refuse(text, what, "is not a count (digits, 1e6, or a number with k, M or G)");
  }
  const Scaled result = scale(*number, multiplier);
  if (!result.in_range) refuse(text, what, "is too large (at most 2^64 - 1)");
  if (!result.whole) refuse(text, what, "is not a whole number");
  return result.value;
}

std::uint64_t parse_bytes(std::string_view text, std::string_view what) {
  std::string_view rest = text;
  const auto number = take_decimal(rest);
  std::string_view unit = rest;
  if (unit.ends_with("iB") && unit.size() > 2) {
    unit.remove_suffix(2);
  } else if (unit.ends_with('B')) {
    unit.remove_suffix(1);
  }
  if (unit == "k") unit = "K";
  const std::uint64_t multiplier = unit.empty() ? 1 : multiplier_of(unit, "KMGT", 1024);
  if (!number || multiplier == 0) refuse(text, what, "is not a size in bytes (such as 512M, 1.5G or 2GiB)");
  const Scaled result = scale(*number, multiplier);
  if (!result.in_range) refuse(text, what, "is too large (at most 2^64 - 1 bytes)");
  return result.value;
}

std::string format_bytes(std::uint64_t bytes) {
  constexpr std::string_view units = "KMGTPE";
  if (bytes < 1024) return fmt::format("{} B", bytes);
  auto value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  // 1023.95 and more would print as 1024.0.
  for (; value >= 1023.95 && unit + 1 < units.size(); ++unit) value /= 1024;
  return fmt::format("{:.1f} {}iB", value, units[unit]);
}

}  // namespace tempsweep
