// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <type_traits>

#include <hdf5.h>

#include "tempsweep/sink.hpp"

namespace tempsweep::io {

template <typename>
inline constexpr bool never = false;

/// The element type that a C++ number has in the file.
template <typename Number>
inline constexpr ElementType element_type_of = [] {
  if constexpr (std::is_same_v<Number, double>) {
    return ElementType::f64;
  } else if constexpr (std::is_same_v<Number, float>) {
    return ElementType::f32;
  } else if constexpr (std::is_same_v<Number, std::int64_t>) {
    return ElementType::i64;
  } else if constexpr (std::is_same_v<Number, std::int8_t>) {
    return ElementType::i8;
  } else if constexpr (std::is_same_v<Number, std::uint64_t>) {
    return ElementType::u64;
  } else if constexpr (std::is_same_v<Number, std::uint16_t>) {
    return ElementType::u16;
  } else {
    static_assert(never<Number>, "not an element type of result files");
  }
}();

/// The HDF5 type of an element, on disk and in memory alike (little endian, so nothing is ever converted).
/// Owned by the library: not to be closed.
[[nodiscard]] hid_t file_type(ElementType type) noexcept;

/// `f64`, `u16`, `text`, …; a class of HDF5 (`compound`, `reference`) for what this program never writes.
[[nodiscard]] std::string type_name(hid_t type);

}  // namespace tempsweep::io
