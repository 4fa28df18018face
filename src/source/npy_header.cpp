// SPDX-License-Identifier: Apache-2.0
// NEP 1: magic, version, header length (2 bytes in version 1, 4 later), dictionary, data.
#include "source/npy_header.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"

namespace tempsweep {
namespace {

constexpr std::uint64_t longest_header = 64U << 10U;

[[noreturn]] void refuse(const InputFile& file, const std::string& why) {
  throw InputError(fmt::format("{}: {}", file.path(), why));
}

struct Preamble {
  std::uint64_t text_offset;
  std::uint64_t text_bytes;
};

Preamble read_preamble(const InputFile& file) {
  std::array<unsigned char, 12> head{};
  const std::uint64_t got = file.read_some(0, head.data(), head.size());
  if (!std::equal(npy_magic.begin(), npy_magic.end(), head.begin(),
                  [](char a, unsigned char b) { return static_cast<unsigned char>(a) == b; })) {
    refuse(file, "is not a .npy file: it does not begin with \\x93NUMPY; write it with numpy.save");
  }
  if (got < head.size()) refuse(file, fmt::format("ends at byte {}, within the .npy header", got));
  const int major = head[6];
  if (major < 1 || major > 3) {
    refuse(file, fmt::format(".npy version {}.{} is unknown; versions 1 to 3 are read", major, head[7]));
  }
  const auto byte = [&head](std::size_t i) { return std::uint64_t{head[i]}; };
  if (major == 1) return {10, byte(8) | byte(9) << 8U};
  return {12, byte(8) | byte(9) << 8U | byte(10) << 16U | byte(11) << 24U};
}

}  // namespace

NpyHeader read_npy_header(const InputFile& file) {
  const Preamble preamble = read_preamble(file);
  if (preamble.text_bytes > longest_header) {
    refuse(file, fmt::format("states a header of {} bytes; more than 64 KiB is no .npy header",
                             preamble.text_bytes));
  }
  const std::uint64_t end = preamble.text_offset + preamble.text_bytes;
  if (end > file.size()) {
    refuse(file,
           fmt::format("is cut short: the header ends at byte {}, the file has {} bytes", end, file.size()));
  }
  std::string text(preamble.text_bytes, '\0');
  file.read_at(preamble.text_offset, text.data(), text.size());
  return {parse_npy_dictionary(text, file.path()), end};
}

void require_npy_size(const InputFile& file, const NpyHeader& header, std::uint64_t element_bytes) {
  const auto& shape = header.dictionary.shape;
  if (std::find(shape.begin(), shape.end(), 0U) != shape.end()) {
    refuse(file, fmt::format("has shape {}: no rows or no columns, nothing to compute", format_shape(shape)));
  }
  std::uint64_t bytes = element_bytes;
  bool overflow = false;
  for (const std::uint64_t extent : shape)
    overflow = __builtin_mul_overflow(bytes, extent, &bytes) || overflow;
  std::uint64_t total = 0;
  overflow = __builtin_add_overflow(bytes, header.data_offset, &total) || overflow;
  if (overflow || total > (std::uint64_t{1} << 62U)) {
    refuse(file, fmt::format("states the shape {}, more bytes than any file has", format_shape(shape)));
  }
  if (file.size() == total) return;
  refuse(file,
         fmt::format("is {}: the header states {} bytes for shape {}, the file has {} bytes; write it again",
                     file.size() < total ? "cut short" : "longer than its header states", total,
                     format_shape(shape), file.size()));
}

std::string format_shape(const std::vector<std::uint64_t>& shape) {
  return fmt::format("({}{})", fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
}

}  // namespace tempsweep
