// SPDX-License-Identifier: Apache-2.0
// Token ids as text, one a line, from a file of any length or from standard input: read once, by pieces.
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <functional>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/core/interrupt.hpp"

#include "core/quote.hpp"
#include "source/counts.hpp"
#include "source/input_file.hpp"
#include "source/line_reader.hpp"
#include "source/npy_header.hpp"

namespace tempsweep {
namespace {

constexpr std::size_t piece = 1U << 20U;

/// Fills a buffer with the next bytes. \returns their number, 0 at the end
using ReadSome = std::function<std::size_t(char* buffer, std::size_t bytes)>;

std::size_t read_standard_input(char* buffer, std::size_t bytes) {
  while (true) {
    const ::ssize_t got = ::read(STDIN_FILENO, buffer, bytes);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno == EISDIR) throw InputError("standard input is a directory; give token ids, one a line");
    if (errno != EINTR) {
      throw FileError(
          fmt::format("standard input cannot be read: {}", std::generic_category().message(errno)));
    }
    throw_if_interrupted();
  }
}

class IdCounter {
 public:
  IdCounter(std::string name, std::int64_t width)
      : name_(std::move(name)), width_(width), counts_(static_cast<std::size_t>(width)) {}

  std::vector<std::uint64_t> count(const ReadSome& read_some);

 private:
  [[nodiscard]] std::string place(std::int64_t line) const { return fmt::format("{}:{}", name_, line); }
  void take_lines(const char* begin, const char* end);
  void take_line(std::string_view line);

  std::string name_;
  std::int64_t width_;
  std::vector<std::uint64_t> counts_;
  std::int64_t line_ = 0;
  std::int64_t blank_ = 0;
};

void IdCounter::take_line(std::string_view line) {
  ++line_;
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.empty()) {
    blank_ = blank_ == 0 ? line_ : blank_;
    return;
  }
  if (blank_ != 0) throw InputError(place(blank_) + ": the line is blank; each line holds a token id");
  std::int64_t id = -1;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), id);
  if (error != std::errc{} || end != line.data() + line.size() || id < 0 || id >= width_) {
    check_id(parse_integer(line, place(line_), "token id; write one whole number a line"), width_,
             place(line_));
  }
  ++counts_[static_cast<std::size_t>(id)];
}

void IdCounter::take_lines(const char* begin, const char* end) {
  while (begin != end) {
    const auto* const stop =
        static_cast<const char*>(std::memchr(begin, '\n', static_cast<std::size_t>(end - begin)));
    take_line({begin, static_cast<std::size_t>(stop - begin)});
    begin = stop + 1;
  }
}

std::vector<std::uint64_t> IdCounter::count(const ReadSome& read_some) {
  std::vector<char> buffer(piece);
  std::size_t kept = 0;
  while (true) {
    throw_if_interrupted();
    const std::size_t got = read_some(buffer.data() + kept, buffer.size() - kept);
    if (got == 0) break;
    const std::size_t filled = kept + got;
    const auto* const data = buffer.data();
    const auto* const last = static_cast<const char*>(::memrchr(data, '\n', filled));
    const std::size_t whole = last == nullptr ? 0 : static_cast<std::size_t>(last - data) + 1;
    take_lines(data, data + whole);
    kept = filled - whole;
    if (kept == buffer.size())
      throw InputError(place(line_ + 1) + ": the line has no end; write one id a line");
    std::memmove(buffer.data(), data + whole, kept);
  }
  if (kept > 0) take_line({buffer.data(), kept});
  if (line_ == 0) throw InputError(fmt::format("{}: is empty; give token ids, one a line", name_));
  return std::move(counts_);
}

DrawCounts count_text(const std::string& name, const DrawShape& shape, const ReadSome& read_some) {
  if (shape.rows != 1) {
    throw InputError(
        fmt::format("{}: text holds the draws of one row, {} rows of logits are judged; choose one "
                    "with --rows, or give an array [rows, n]",
                    name, shape.rows));
  }
  DrawCounts draws{1, shape.width, IdCounter(name, shape.width).count(read_some)};
  check_totals(name, draws);
  return draws;
}

}  // namespace

DrawCounts count_draws(const std::string& path, const DrawShape& shape) {
  if (path == "-") return count_text("standard input", shape, read_standard_input);
  const InputFile file(path);
  std::string magic(npy_magic.size(), '\0');
  magic.resize(file.read_some(0, magic.data(), magic.size()));
  if (magic == npy_magic) return count_draws(*open_npy_numbers(path), shape);
  std::uint64_t offset = 0;
  DrawCounts draws = count_text(path, shape, [&](char* buffer, std::size_t bytes) {
    const std::uint64_t got = file.read_some(offset, buffer, bytes);
    offset += got;
    return static_cast<std::size_t>(got);
  });
  file.require_unchanged();
  return draws;
}

}  // namespace tempsweep
