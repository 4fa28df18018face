// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "tempsweep/core/number_array.hpp"

#include "source/npy_header.hpp"

namespace tempsweep {

struct NumberLayout {
  NumberType type;
  bool swapped;  ///< big-endian
};

/// \throws InputError for types that are no numbers here, and for Fortran order with more than one axis
[[nodiscard]] NumberLayout number_layout(const NpyDictionary& dictionary, const std::string& path);

/// Reverses the bytes of each element.
void swap_elements(std::byte* bytes, std::uint64_t count, std::size_t size);

}  // namespace tempsweep
