// SPDX-License-Identifier: Apache-2.0
// A reader for the one Python literal that .npy headers hold. Not an evaluator: no names, no nesting, no
// escapes.
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"

#include "core/quote.hpp"
#include "source/npy_header.hpp"

namespace tempsweep {
namespace {

class Parser {
 public:
  Parser(std::string_view text, const std::string& path) : text_(text), path_(path) {}

  NpyDictionary dictionary() {
    expect('{');
    while (!take('}')) {
      const std::string key = string();
      expect(':');
      value(key);
      if (take('}')) break;
      expect(',');
    }
    skip_blanks();
    if (at_ != text_.size()) refuse("holds more than a dictionary");
    return finish();
  }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    throw InputError(fmt::format("{}: the .npy header {} (byte {} of {})", path_, why, at_, quote(text_)));
  }

  void skip_blanks() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos)
      ++at_;
  }

  bool take(char wanted) {
    skip_blanks();
    if (at_ == text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  void expect(char wanted) {
    if (!take(wanted)) refuse(fmt::format("is no dictionary literal: '{}' is missing", wanted));
  }

  bool take_word(std::string_view word) {
    skip_blanks();
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  std::string string() {
    skip_blanks();
    const char mark = at_ < text_.size() ? text_[at_] : '\0';
    if (mark != '\'' && mark != '"') refuse("is no dictionary literal: a string is missing");
    const auto end = text_.find(mark, at_ + 1);
    if (end == std::string_view::npos) refuse("holds a string without an end");
    const std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
    if (inside.find('\\') != std::string_view::npos) refuse("holds a string with an escape");
    at_ = end + 1;
    return std::string(inside);
  }

  bool boolean() {
    if (take_word("True")) return true;
    if (take_word("False")) return false;
    refuse("gives fortran_order neither as True nor as False");
  }

  std::uint64_t integer() {
    skip_blanks();
    std::uint64_t result = 0;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), result);
    if (error != std::errc{}) refuse("gives a shape that is not a tuple of sizes");
    at_ = static_cast<std::size_t>(end - text_.data());
    static_cast<void>(take_word("L"));  // Python 2 wrote (3L, 4L)
    return result;
  }

  std::vector<std::uint64_t> tuple() {
    std::vector<std::uint64_t> result;
    if (!take('(')) refuse("gives a shape that is not a tuple of sizes");
    while (!take(')')) {
      result.push_back(integer());
      if (take(',')) continue;
      if (!take(')')) refuse("gives a shape that is not a tuple of sizes");
      // Python reads (3) as a number.
      if (result.size() == 1) refuse("gives a shape that is a number, not a tuple");
      break;
    }
    return result;
  }

  template <typename Value>
  void set(std::optional<Value>& slot, const std::string& key, Value (Parser::*read)()) {
    if (slot) refuse(fmt::format("gives the key {} twice", quote(key)));
    slot = (this->*read)();
  }

  void value(const std::string& key) {
    if (key == "descr") {
      skip_blanks();
      if (text_.substr(at_).starts_with('[')) {
        refuse("describes records (a structured type); save one field of it as a float array");
      }
      set(descr_, key, &Parser::string);
    } else if (key == "fortran_order") {
      set(fortran_order_, key, &Parser::boolean);
    } else if (key == "shape") {
      set(shape_, key, &Parser::tuple);
    } else {
      refuse(fmt::format("has the unknown key {}", quote(key)));
    }
  }

  NpyDictionary finish() {
    if (!descr_) refuse("lacks the key 'descr'");
    if (!fortran_order_) refuse("lacks the key 'fortran_order'");
    if (!shape_) refuse("lacks the key 'shape'");
    return {*descr_, *fortran_order_, *shape_};
  }

  std::string_view text_;
  const std::string& path_;
  std::size_t at_ = 0;
  std::optional<std::string> descr_;
  std::optional<bool> fortran_order_;
  std::optional<std::vector<std::uint64_t>> shape_;
};

}  // namespace

NpyDictionary parse_npy_dictionary(std::string_view text, const std::string& path) {
  return Parser(text, path).dictionary();
}

}  // namespace tempsweep
