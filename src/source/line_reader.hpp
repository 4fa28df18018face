// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "source/input_file.hpp"

namespace tempsweep {

/// The lines of a text file, through a buffer as long as the longest line (at least 1 MiB).
class LineReader {
 public:
  /// \throws InputError as InputFile does, and for more than 4 GiB, which is no size for text.
  explicit LineReader(const std::string& path);

  /// The next line, without its \n; a \r before it stays, a UTF-8 byte order mark on line 1 does not.
  /// The view holds until the next call. \returns false after the last line
  [[nodiscard]] bool next(std::string_view& line);

  /// Number of the line that next() gave last, from 1.
  [[nodiscard]] std::int64_t number() const noexcept { return number_; }
  [[nodiscard]] const InputFile& file() const noexcept { return file_; }

 private:
  bool fill();

  InputFile file_;
  std::string buffer_;
  std::size_t begin_ = 0;
  std::uint64_t offset_ = 0;
  std::int64_t number_ = 0;
};

/// The line without one \r at its end.
[[nodiscard]] std::string_view without_carriage_return(std::string_view line);

/// \throws InputError above 4 GiB, with the advice to convert.
void require_text_size(const InputFile& file);

}  // namespace tempsweep
