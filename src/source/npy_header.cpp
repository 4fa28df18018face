// SPDX-License-Identifier: Apache-2.0
// NEP 1: magic, version, header length (2 bytes in version 1, 4 later), dictionary, data.
#include "source/npy_header.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"

namespace tempsweep {
namespace {

constexpr std::uint64_t longest_header = 64U << 10U;
constexpr std::uint64_t npy_header_room = longest_header + 12;

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw InputError(fmt::format("{}: {}", path, why));
}

struct Preamble {
  std::uint64_t text_offset;
  std::uint64_t text_bytes;
};

Preamble read_preamble(std::string_view start, const std::string& path) {
  constexpr std::size_t longest = 12;
  if (!start.starts_with(npy_magic)) {
    refuse(path, "is not a .npy file: it does not begin with \\x93NUMPY; write it with numpy.save");
  }
  if (start.size() < longest) {
    refuse(path, fmt::format("ends at byte {}, within the .npy header", start.size()));
  }
  const auto byte = [start](std::size_t i) { return std::uint64_t{static_cast<unsigned char>(start[i])}; };
  const std::uint64_t major = byte(6);
  if (major < 1 || major > 3) {
    refuse(path, fmt::format(".npy version {}.{} is unknown; versions 1 to 3 are read", major, byte(7)));
  }
  if (major == 1) return {10, byte(8) | byte(9) << 8U};
  return {12, byte(8) | byte(9) << 8U | byte(10) << 16U | byte(11) << 24U};
}

}  // namespace

NpyHeader parse_npy_header(std::string_view start, std::uint64_t bytes, const std::string& path) {
  const Preamble preamble = read_preamble(start, path);
  if (preamble.text_bytes > longest_header) {
    refuse(path, fmt::format("states a header of {} bytes; more than 64 KiB is no .npy header",
                             preamble.text_bytes));
  }
  const std::uint64_t end = preamble.text_offset + preamble.text_bytes;
  if (end > bytes) {
    refuse(path, fmt::format("is cut short: the header ends at byte {}, the file has {} bytes", end, bytes));
  }
  return {parse_npy_dictionary(start.substr(preamble.text_offset, preamble.text_bytes), path), end};
}

NpyHeader read_npy_header(const InputFile& file) {
  std::string start(std::min(file.size(), npy_header_room), '\0');
  start.resize(file.read_some(0, start.data(), start.size()));
  return parse_npy_header(start, file.size(), file.path());
}

void require_npy_size(const InputFile& file, const NpyHeader& header, std::uint64_t element_bytes) {
  require_npy_size(file.path(), file.size(), header, element_bytes);
}

void require_npy_size(const std::string& path, std::uint64_t size, const NpyHeader& header,
                      std::uint64_t element_bytes) {
  const auto& shape = header.dictionary.shape;
  if (std::find(shape.begin(), shape.end(), 0U) != shape.end()) {
    refuse(path, fmt::format("has shape {}: no rows or no columns, nothing to compute", format_shape(shape)));
  }
  std::uint64_t bytes = element_bytes;
  bool overflow = false;
  for (const std::uint64_t extent : shape)
    overflow = __builtin_mul_overflow(bytes, extent, &bytes) || overflow;
  std::uint64_t total = 0;
  overflow = __builtin_add_overflow(bytes, header.data_offset, &total) || overflow;
  if (overflow || total > (std::uint64_t{1} << 62U)) {
    refuse(path, fmt::format("states the shape {}, more bytes than any file has", format_shape(shape)));
  }
  if (size == total) return;
  refuse(path,
         fmt::format("is {}: the header states {} bytes for shape {}, the file has {} bytes; write it again",
                     size < total ? "cut short" : "longer than its header states", total, format_shape(shape),
                     size));
}

}  // namespace tempsweep
