// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include <nlohmann/json.hpp>

#include "source/text_matrix.hpp"

namespace tempsweep {

/// Takes logits out of the events of nlohmann's JSON parser. Events rather than a document: a document keeps
/// the last of two equal keys in silence, and takes ten times the memory of the numbers.
class JsonHandler final : public nlohmann::json_sax<nlohmann::json> {
 public:
  JsonHandler(std::string path, std::string_view text) : path_(std::move(path)), text_(text) {}

  /// After the last event. \throws InputError for a document that is no matrix
  [[nodiscard]] TextMatrix finish();

  bool null() override;
  bool boolean(bool value) override;
  bool number_integer(std::int64_t value) override { return number(static_cast<double>(value)); }
  bool number_unsigned(std::uint64_t value) override { return number(static_cast<double>(value)); }
  bool number_float(double value, const std::string&) override { return number(value); }
  bool string(std::string& value) override;
  bool binary(nlohmann::json::binary_t&) override { return false; }
  bool start_object(std::size_t) override;
  bool key(std::string& value) override;
  bool end_object() override;
  bool start_array(std::size_t) override;
  bool end_array() override;
  bool parse_error(std::size_t position, const std::string& token,
                   const nlohmann::json::exception& problem) override;

 private:
  enum class Place : std::uint8_t { top, object, tokens, logits, row };

  [[noreturn]] void refuse(const std::string& why) const;
  [[nodiscard]] std::string where() const;
  bool number(double value);
  void end_row();

  std::string path_;
  std::string_view text_;
  TextMatrix matrix_;
  std::vector<Place> places_{Place::top};
  std::unordered_set<std::string> keys_;
  std::string key_;
  std::int64_t in_row_ = 0;
  bool object_ = false;
  bool map_ = false;     ///< {token: logit}
  bool tokens_ = false;  ///< "tokens": […] seen
  bool logits_ = false;  ///< "logits": […] seen
};

}  // namespace tempsweep
