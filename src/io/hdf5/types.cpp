// SPDX-License-Identifier: Apache-2.0
#include "io/hdf5/types.hpp"

#include <bit>

#include <fmt/format.h>

namespace tempsweep::io {

static_assert(std::endian::native == std::endian::little,
              "the files are little endian and written as they lie in memory");

hid_t file_type(ElementType type) noexcept {
  switch (type) {
    case ElementType::f64:
      return H5T_IEEE_F64LE;
    case ElementType::f32:
      return H5T_IEEE_F32LE;
    case ElementType::i64:
      return H5T_STD_I64LE;
    case ElementType::i8:
      return H5T_STD_I8LE;
    case ElementType::u64:
      return H5T_STD_U64LE;
    case ElementType::u16:
      return H5T_STD_U16LE;
    case ElementType::text:
      return H5T_C_S1;
  }
  return H5I_INVALID_HID;
}

std::string type_name(hid_t type) {
  const std::size_t bits = 8 * H5Tget_size(type);
  switch (H5Tget_class(type)) {
    case H5T_FLOAT:
      return fmt::format("f{}", bits);
    case H5T_INTEGER:
      return fmt::format("{}{}", H5Tget_sign(type) == H5T_SGN_NONE ? 'u' : 'i', bits);
    case H5T_STRING:
      return "text";
    case H5T_COMPOUND:
      return "compound";
    case H5T_ENUM:
      return "enumeration";
    case H5T_REFERENCE:
      return "reference";
    default:
      return "other";
  }
}

}  // namespace tempsweep::io
