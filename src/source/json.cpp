// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "source/formats.hpp"
#include "source/input_file.hpp"
#include "source/json_handler.hpp"
#include "source/line_reader.hpp"

namespace tempsweep {

std::unique_ptr<Source> open_json(const std::string& path) {
  const InputFile file(path);
  require_text_size(file);
  std::string text(file.size(), '\0');
  file.read_at(0, text.data(), text.size());
  file.require_unchanged();
  JsonHandler handler(path, text);
  // The handler throws on every error, so the result says nothing more.
  static_cast<void>(nlohmann::json::sax_parse(text, &handler));
  return text_source(path, handler.finish());
}

}  // namespace tempsweep
