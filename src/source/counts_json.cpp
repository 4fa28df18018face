// SPDX-License-Identifier: Apache-2.0
// Counts as JSON. By events, not as a document: of two equal keys a document keeps the last in silence.
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tempsweep/core/errors.hpp"

#include "core/quote.hpp"
#include "source/counts.hpp"
#include "source/input_file.hpp"
#include "source/line_reader.hpp"

namespace tempsweep {
namespace {

constexpr std::string_view forms =
    R"({token: count, ...}, {"tokens": [...], "counts": [...]}, a list or a list of lists)";

class CountsHandler final : public nlohmann::json_sax<nlohmann::json> {
 public:
  CountsHandler(const std::string& path, const DrawShape& shape)
      : path_(path), shape_(shape), index_(shape) {}

  bool null() override { refuse("null is no count"); }
  bool boolean(bool value) override { refuse(fmt::format("{} is no count", value)); }
  bool number_integer(std::int64_t value) override { return number(std::to_string(value)); }
  bool number_unsigned(std::uint64_t value) override { return number(std::to_string(value)); }
  bool number_float(double, const std::string& text) override { return number(text); }
  bool string(std::string& value) override {
    if (!in_list_ || key_ != "tokens") refuse(fmt::format("{} is no count; write a number", quote(value)));
    tokens_.push_back(value);
    return true;
  }
  bool binary(nlohmann::json::binary_t&) override { return false; }
  bool start_object(std::size_t) override {
    if (object_ || in_list_) refuse(fmt::format("an object stands inside; write {}", forms));
    object_ = true;
    return true;
  }
  bool key(std::string& value) override {
    key_ = value;
    if (!keys_.try_emplace(value, 0).second) refuse("the key stands twice; add its counts up");
    return true;
  }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override;
  bool end_array() override;
  bool parse_error(std::size_t position, const std::string& token,
                   const nlohmann::json::exception&) override {
    throw InputError(fmt::format("{}: malformed JSON at byte {}, near {}; check the text before it", path_,
                                 position, quote(token)));
  }

  [[nodiscard]] DrawCounts finish();

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    throw InputError(fmt::format("{}: {}", place(), why));
  }
  [[nodiscard]] std::string place() const {
    if (object_ && !in_list_) return fmt::format("{}: key {}", path_, quote(key_));
    return fmt::format("{}: row {}, column {}", path_, rows_ + 1, in_row_ + 1);
  }
  bool number(const std::string& text);
  void place_tokens();

  const std::string& path_;
  DrawShape shape_;
  TokenIndex index_;
  std::vector<std::uint64_t> values_;
  std::vector<std::string> tokens_;
  std::unordered_map<std::string, int> keys_;
  std::string key_;
  std::uint64_t rows_ = 0;
  std::uint64_t in_row_ = 0;
  int depth_ = 0;        ///< lists open
  bool object_ = false;  ///< the document is an object
  bool in_list_ = false;
  bool nested_ = false;  ///< lists within a list
  bool lists_ = false;   ///< the object holds lists: "tokens" or "counts"
};

bool CountsHandler::number(const std::string& text) {
  if (in_list_ && key_ == "tokens") {  // ids may stand there, too
    tokens_.push_back(text);
    return true;
  }
  if (!in_list_ && !object_) refuse(fmt::format("a lone number is no row of counts; write {}", forms));
  if (nested_ && depth_ < 2) refuse("a number beside rows; either one list or a list of lists");
  values_.push_back(parse_draw_count(text, place()));
  if (in_list_) {
    ++in_row_;
    return true;
  }
  if (lists_) refuse("a number beside \"tokens\" or \"counts\" lists; use one form only");
  tokens_.push_back(key_);
  return true;
}

bool CountsHandler::start_array(std::size_t) {
  if (object_ && !in_list_ && ((key_ != "tokens" && key_ != "counts") || (!lists_ && !tokens_.empty()))) {
    refuse(fmt::format("a list is no count; write {}", forms));
  }
  if (depth_ == 2 || (key_ == "tokens" && depth_ > 0)) refuse("a list stands too deep");
  if (depth_ == 1) {
    if (in_row_ > 0) refuse("a list beside numbers; either one list or a list of lists");
    nested_ = true;
  }
  ++depth_;
  in_list_ = true;
  lists_ = object_;
  return true;
}

bool CountsHandler::end_array() {
  --depth_;
  const bool row_ended = (!object_ || key_ == "counts") && (nested_ ? depth_ == 1 : depth_ == 0);
  if (row_ended) {
    // A flat list beside "tokens" may leave tokens out.
    if (nested_ || !object_) check_matrix(place(), shape_, static_cast<std::uint64_t>(shape_.rows), in_row_);
    in_row_ = 0;
    ++rows_;
  }
  in_list_ = depth_ > 0;
  return true;
}

/// Named counts to their places.
void CountsHandler::place_tokens() {
  if (shape_.rows != 1 || rows_ > 1) {
    throw InputError(fmt::format("{}: named counts are one row; choose it with --rows", path_));
  }
  if (tokens_.size() != values_.size()) {
    throw InputError(fmt::format("{}: has {} tokens and {} counts", path_, tokens_.size(), values_.size()));
  }
  std::vector<std::uint64_t> counts(static_cast<std::size_t>(shape_.width));
  std::vector<bool> seen(counts.size());
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    const std::string where = fmt::format("{}: token {}", path_, i + 1);
    const auto id = static_cast<std::size_t>(index_.find(tokens_[i], where));
    if (seen[id]) throw InputError(fmt::format("{}: {} stands twice", where, quote(tokens_[i])));
    seen[id] = true;
    counts[id] = values_[i];
  }
  values_ = std::move(counts);
  rows_ = 1;
}

DrawCounts CountsHandler::finish() {
  if (lists_ && !keys_.contains("tokens")) {
    if (!nested_) check_matrix(path_, shape_, rows_, values_.size());
  } else if (object_) {
    place_tokens();
  }
  check_matrix(path_, shape_, rows_, static_cast<std::uint64_t>(shape_.width));
  DrawCounts draws{shape_.rows, shape_.width, std::move(values_)};
  check_totals(path_, draws);
  return draws;
}

}  // namespace

DrawCounts read_json_counts(const std::string& path, const DrawShape& shape) {
  const InputFile file(path);
  require_text_size(file);
  std::string text(file.size(), '\0');
  file.read_at(0, text.data(), text.size());
  file.require_unchanged();
  CountsHandler handler(path, shape);
  // The handler throws on every error, so the result says nothing more.
  static_cast<void>(nlohmann::json::sax_parse(text, &handler));
  return handler.finish();
}

}  // namespace tempsweep
