// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <cstring>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/source.hpp"

#include "core/quote.hpp"
#include "source/input_file.hpp"
#include "source/line_reader.hpp"
#include "source/npy_header.hpp"

namespace tempsweep {
namespace {

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw InputError(fmt::format("{}: {}", path, why));
}

/// What the labels of a file must be.
struct Expected {
  const std::string& path;
  std::int64_t rows;
  std::int64_t width;

  void check_count(std::uint64_t count) const {
    if (count != static_cast<std::uint64_t>(rows)) {
      refuse(path,
             fmt::format("holds {} labels for {} rows of logits; one label a row is needed", count, rows));
    }
  }
  void check(std::int64_t label, std::size_t row) const {
    if (label >= 0 && label < width) return;
    refuse(path, fmt::format("row {}: label {} is outside the vocabulary 0 ... {}", row, label, width - 1));
  }
};

struct IntegerType {
  bool is_signed;
  bool swapped;
  std::size_t bytes;
};

IntegerType integer_type(const std::string& descr, const std::string& path) {
  const bool known = descr.size() == 3 && std::string_view("<>|").find(descr[0]) != std::string_view::npos &&
                     (descr[1] == 'i' || descr[1] == 'u') &&
                     std::string_view("1248").find(descr[2]) != std::string_view::npos &&
                     (descr[0] != '|' || descr[2] == '1');
  if (!known) {
    refuse(path, fmt::format("the elements are {}; labels are integers: convert with x.astype('int64')",
                             quote(descr)));
  }
  return {descr[1] == 'i', descr[0] == '>', static_cast<std::size_t>(descr[2] - '0')};
}

/// Sign-extended; an unsigned value past 2⁶³ − 1 is held there, outside every vocabulary.
std::int64_t decode(const unsigned char* bytes, const IntegerType& type) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < type.bytes; ++i) {
    bits = bits << 8U | bytes[type.swapped ? i : type.bytes - 1 - i];
  }
  const auto unused = static_cast<unsigned>(64 - 8 * type.bytes);
  if (type.is_signed) return static_cast<std::int64_t>(bits << unused) >> unused;
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  return bits > static_cast<std::uint64_t>(most) ? most : static_cast<std::int64_t>(bits);
}

std::vector<std::int64_t> read_npy(const InputFile& file, const Expected& expected) {
  const NpyHeader header = read_npy_header(file);
  const auto& shape = header.dictionary.shape;
  const IntegerType type = integer_type(header.dictionary.descr, file.path());
  if (shape.size() != 1) {
    refuse(file.path(), fmt::format("has shape {}; labels are one list: use x.ravel()", format_shape(shape)));
  }
  require_npy_size(file, header, type.bytes);
  expected.check_count(shape[0]);
  std::vector<unsigned char> bytes(shape[0] * type.bytes);
  file.read_at(header.data_offset, bytes.data(), bytes.size());
  file.require_unchanged();
  std::vector<std::int64_t> labels(shape[0]);
  for (std::size_t row = 0; row < labels.size(); ++row) {
    labels[row] = decode(bytes.data() + row * type.bytes, type);
    expected.check(labels[row], row);
  }
  return labels;
}

std::vector<std::int64_t> read_text(const Expected& expected) {
  LineReader reader(expected.path);
  std::vector<std::int64_t> labels;
  std::string_view line;
  std::int64_t blank = 0;
  while (reader.next(line)) {
    line = without_carriage_return(line);
    if (line.empty()) {
      blank = blank == 0 ? reader.number() : blank;
      continue;
    }
    if (blank != 0)
      refuse(fmt::format("{}:{}", expected.path, blank), "the line is blank; each row needs a label");
    std::int64_t label = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), label);
    if (error != std::errc{} || end != line.data() + line.size()) {
      refuse(
          fmt::format("{}:{}", expected.path, reader.number()),
          fmt::format("row {}: {} is no label; write one whole number a line", labels.size(), quote(line)));
    }
    expected.check(label, labels.size());
    labels.push_back(label);
  }
  expected.check_count(labels.size());
  return labels;
}

}  // namespace

std::vector<std::int64_t> read_labels(const std::string& path, std::int64_t rows, std::int64_t width) {
  const Expected expected{path, rows, width};
  const InputFile file(path);
  std::string magic(npy_magic.size(), '\0');
  magic.resize(file.read_some(0, magic.data(), magic.size()));
  return magic == npy_magic ? read_npy(file, expected) : read_text(expected);
}

}  // namespace tempsweep
