// SPDX-License-Identifier: Apache-2.0
#include "source/line_reader.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/core/number.hpp"

namespace tempsweep {
namespace {

constexpr std::uint64_t piece = 1U << 20U;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

}  // namespace

void require_text_size(const InputFile& file) {
  constexpr std::uint64_t largest = std::uint64_t{4} << 30U;
  if (file.size() <= largest) return;
  throw InputError(
      fmt::format("{}: {} of text is more than the 4.0 GiB that are read; convert it to .npy "
                  "(numpy.save), which is smaller, faster and read by blocks",
                  file.path(), format_bytes(file.size())));
}

LineReader::LineReader(const std::string& path) : file_(path) {
  require_text_size(file_);
  static_cast<void>(fill());
  if (buffer_.starts_with(byte_order_mark)) begin_ = byte_order_mark.size();
}

bool LineReader::fill() {
  const std::uint64_t left = file_.size() - std::min(offset_, file_.size());
  if (left == 0) return false;
  buffer_.erase(0, begin_);
  begin_ = 0;
  const std::size_t kept = buffer_.size();
  const std::uint64_t wanted = std::min(left, piece);
  buffer_.resize(kept + wanted);
  file_.read_at(offset_, buffer_.data() + kept, wanted);
  offset_ += wanted;
  return true;
}

bool LineReader::next(std::string_view& line) {
  std::size_t searched = begin_;
  std::size_t end = buffer_.find('\n', searched);
  while (end == std::string::npos) {
    searched =
        buffer_.size() - begin_;  // where the search goes on after fill() has moved the rest to the front
    if (!fill()) break;
    end = buffer_.find('\n', searched);
  }
  if (end == std::string::npos && begin_ == buffer_.size()) {
    file_.require_unchanged();
    return false;
  }
  const std::size_t stop = std::min(end, buffer_.size());
  line = std::string_view(buffer_).substr(begin_, stop - begin_);
  begin_ = std::min(stop + 1, buffer_.size());
  ++number_;
  return true;
}

std::string_view without_carriage_return(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace tempsweep
