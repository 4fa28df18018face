// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tempsweep/source.hpp"

namespace tempsweep {

/// What a text format was parsed to: rows · width values, and names where the text has them.
struct TextMatrix {
  std::int64_t rows = 0;
  std::int64_t width = 0;
  std::vector<double> values;
  std::vector<std::string> token_names;
};

/// A matrix held in memory: text has no way to a row but through all rows before it.
[[nodiscard]] std::unique_ptr<Source> text_source(const std::string& path, TextMatrix matrix);

/// \throws std::out_of_range when a block lies outside the source: a fault of the caller, not of the input.
void require_block(const Source& source, std::int64_t first, std::int64_t count, std::int64_t columns);

}  // namespace tempsweep
