// SPDX-License-Identifier: Apache-2.0
#include "source/json_handler.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"

#include "core/quote.hpp"

namespace tempsweep {
namespace {

constexpr std::string_view forms =
    "{token: logit, ...}, {\"tokens\": [...], \"logits\": [...]}, a list or a matrix";

}  // namespace

void JsonHandler::refuse(const std::string& why) const {
  throw InputError(fmt::format("{}: {}{}", path_, where(), why));
}

std::string JsonHandler::where() const {
  switch (places_.back()) {
    case Place::object:
      return fmt::format("key {}: ", quote(key_));
    case Place::tokens:
      return fmt::format("token {}: ", matrix_.token_names.size() + 1);
    case Place::logits:
    case Place::row:
      return fmt::format("row {}, column {}: ", matrix_.rows + 1, in_row_ + 1);
    case Place::top:
      break;
  }
  return {};
}

bool JsonHandler::number(double value) {
  switch (places_.back()) {
    case Place::top:
      refuse(fmt::format("a lone value is no row of logits; write {}", forms));
    case Place::tokens:
      refuse("a number is no token name; write it in quotes");
    case Place::object:
      if (tokens_ || logits_) refuse("a number beside \"tokens\" or \"logits\" lists; use one form only");
      map_ = true;
      matrix_.token_names.push_back(key_);
      break;
    case Place::logits:
      if (matrix_.rows > 0) refuse("a number beside rows; either one list or a list of lists");
      break;
    case Place::row:
      break;
  }
  ++in_row_;
  matrix_.values.push_back(value);
  return true;
}

bool JsonHandler::null() {
  refuse("null is no logit; write a number, \"inf\", \"-inf\" or \"nan\"");
}

bool JsonHandler::boolean(bool value) {
  refuse(fmt::format("{} is no logit; write a number", value));
}

bool JsonHandler::string(std::string& value) {
  // A remark for people beside "tokens" and "logits", as the presets have.
  if (places_.back() == Place::object && key_ == "note" && (tokens_ || logits_)) return true;
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (places_.back() == Place::tokens) {
    matrix_.token_names.push_back(value);
    return true;
  }
  if (value == "inf") return number(infinity);
  if (value == "-inf") return number(-infinity);
  if (value == "nan") return number(std::numeric_limits<double>::quiet_NaN());
  refuse(fmt::format("{} is no logit; of words only \"inf\", \"-inf\" and \"nan\" are read", quote(value)));
}

bool JsonHandler::start_object(std::size_t) {
  if (places_.back() != Place::top) refuse(fmt::format("an object stands inside; write {}", forms));
  object_ = true;
  places_.push_back(Place::object);
  return true;
}

bool JsonHandler::key(std::string& value) {
  key_ = value;
  if (!keys_.insert(value).second) refuse("the key stands twice; each token needs a name of its own");
  return true;
}

bool JsonHandler::end_object() {
  places_.pop_back();
  return true;
}

bool JsonHandler::start_array(std::size_t) {
  const Place outside = places_.back();
  if (outside == Place::tokens || outside == Place::row) refuse("a list stands too deep");
  if (outside == Place::logits) {
    if (in_row_ > 0) refuse("a list beside numbers; either one list or a list of lists");
    places_.push_back(Place::row);
    return true;
  }
  if (outside == Place::object) {
    if (map_ || (key_ != "tokens" && key_ != "logits")) {
      refuse(fmt::format("a list is no logit; write {}", forms));
    }
    (key_ == "tokens" ? tokens_ : logits_) = true;
  }
  places_.push_back(key_ == "tokens" ? Place::tokens : Place::logits);
  return true;
}

void JsonHandler::end_row() {
  if (in_row_ == 0) refuse("the row is empty");
  if (matrix_.rows > 0 && in_row_ != matrix_.width) {
    refuse(fmt::format("the row is {} than the {} logits of row 1",
                       in_row_ < matrix_.width ? "shorter" : "longer", matrix_.width));
  }
  matrix_.width = std::exchange(in_row_, 0);
  ++matrix_.rows;
}

bool JsonHandler::end_array() {
  const Place inside = places_.back();
  if (inside == Place::row || (inside == Place::logits && in_row_ > 0)) end_row();
  places_.pop_back();
  return true;
}

bool JsonHandler::parse_error(std::size_t position, const std::string& token,
                              const nlohmann::json::exception& problem) {
  const std::size_t byte = std::min(position, text_.size() + 1);
  const std::string_view before = text_.substr(0, std::min(byte == 0 ? 0 : byte - 1, text_.size()));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::string place = fmt::format("{}: malformed JSON at byte {} (line {})", path_, byte, line);
  if (byte > text_.size()) throw InputError(place + ": the file ends before the document does");
  constexpr int number_overflow = 406;
  std::string hint =
      problem.id == number_overflow ? "the number is too large for a double" : "check the text before it";
  const auto letter = token.find_last_not_of('-');
  if (letter != std::string::npos && (token[letter] == 'N' || token[letter] == 'I')) {
    hint = R"(JSON has no NaN or Infinity: write "nan", "inf" or "-inf" in quotes)";
  }
  throw InputError(fmt::format("{}, near {}; {}", place, quote(token), hint));
}

TextMatrix JsonHandler::finish() {
  if (map_) {
    matrix_.rows = 1;
    matrix_.width = in_row_;
  }
  if (tokens_ && !logits_) refuse("has \"tokens\" but no \"logits\"");
  if (matrix_.rows == 0) refuse("holds no logits");
  const auto names = static_cast<std::int64_t>(matrix_.token_names.size());
  if ((tokens_ || map_) && names != matrix_.width) {
    refuse(fmt::format("has {} tokens for rows of {} logits", names, matrix_.width));
  }
  return std::move(matrix_);
}

}  // namespace tempsweep
