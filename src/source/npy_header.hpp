// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tempsweep/core/number_array.hpp"

#include "source/input_file.hpp"

namespace tempsweep {

inline constexpr std::string_view npy_magic = "\x93NUMPY";

/// What the dictionary at the head of a .npy file states.
struct NpyDictionary {
  std::string descr;  ///< the type as written, `<f4`
  bool fortran_order = false;
  std::vector<std::uint64_t> shape;
};

struct NpyHeader {
  NpyDictionary dictionary;
  std::uint64_t data_offset = 0;
};

/// The Python literal `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`: exactly these keys, any
/// order. \throws InputError that names `path`.
[[nodiscard]] NpyDictionary parse_npy_dictionary(std::string_view text, const std::string& path);

/// Versions 1 to 3 of NEP 1. \throws InputError: no magic, unknown version, header too long or cut short.
[[nodiscard]] NpyHeader read_npy_header(const InputFile& file);

/// \throws InputError unless the file holds exactly the elements that the header states, at least one.
void require_npy_size(const InputFile& file, const NpyHeader& header, std::uint64_t element_bytes);

/// The same of bytes in memory: `start` is the begin of an array of `bytes` bytes, 64 KiB and 12 at least, or
/// all.
[[nodiscard]] NpyHeader parse_npy_header(std::string_view start, std::uint64_t bytes,
                                         const std::string& path);
void require_npy_size(const std::string& path, std::uint64_t size, const NpyHeader& header,
                      std::uint64_t element_bytes);

}  // namespace tempsweep
