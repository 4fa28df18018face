// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "io/hdf5/attributes.hpp"
#include "io/hdf5/handle.hpp"
#include "io/hdf5/library.hpp"

namespace tempsweep::io {
namespace {

constexpr std::size_t largest_text = std::size_t{64} << 20;  // a forged header may claim any size
constexpr hssize_t longest_list = 127;                       // as many flag values as an i8 has

std::string read_fixed_text(hid_t attribute, hid_t type, std::size_t size) {
  std::string text(size, '\0');
  check(H5Aread(attribute, type, text.data()), "reading a text attribute");
  return text.substr(0, text.find('\0'));
}

std::optional<AttributeValue> read_text(hid_t attribute, hid_t type) {
  // This program writes no text of variable length, and HDF5 1.10 crashes on a damaged heap, where such text
  // lies.
  if (check(H5Tis_variable_str(type), "examining a text attribute") > 0) return std::nullopt;
  const std::size_t size = H5Tget_size(type);
  if (size == 0 || size > largest_text) return std::nullopt;
  return read_fixed_text(attribute, type, size);
}

std::optional<AttributeValue> read_float(hid_t attribute, std::size_t size) {
  double value = 0;
  check(H5Aread(attribute, H5T_NATIVE_DOUBLE, &value), "reading an attribute");
  if (size == sizeof(float)) return static_cast<float>(value);
  return value;
}

std::optional<AttributeValue> read_integer(hid_t attribute, hid_t type) {
  std::int64_t value = 0;
  check(H5Aread(attribute, H5T_NATIVE_INT64, &value), "reading an attribute");
  const bool is_signed = H5Tget_sign(type) == H5T_SGN_2;
  const std::size_t size = H5Tget_size(type);
  if (size == sizeof(std::int8_t) && is_signed) return static_cast<std::int8_t>(value);
  if (size == sizeof(std::uint16_t) && !is_signed) return static_cast<std::uint16_t>(value);
  return value;
}

std::optional<AttributeValue> read_list(hid_t attribute, hid_t type, hssize_t length) {
  if (H5Tget_class(type) != H5T_INTEGER || H5Tget_size(type) != 1 || length > longest_list)
    return std::nullopt;
  std::vector<std::int8_t> values(static_cast<std::size_t>(length));
  check(H5Aread(attribute, H5T_NATIVE_INT8, values.data()), "reading a list");
  return values;
}

std::optional<AttributeValue> read_value(hid_t attribute) {
  const Type type(check(H5Aget_type(attribute), "examining an attribute"));
  const Space space(check(H5Aget_space(attribute), "examining an attribute"));
  const hssize_t length = check(H5Sget_simple_extent_npoints(space.get()), "examining an attribute");
  const bool scalar = H5Sget_simple_extent_type(space.get()) == H5S_SCALAR;
  if (length < 1) return std::nullopt;
  const H5T_class_t kind = H5Tget_class(type.get());
  if (kind == H5T_INTEGER && !scalar && H5Tget_size(type.get()) == 1) {
    return read_list(attribute, type.get(), length);
  }
  if (length != 1) return std::nullopt;  // one-element lists are how other netCDF writers spell a scalar
  if (kind == H5T_STRING) return read_text(attribute, type.get());
  if (kind == H5T_FLOAT) return read_float(attribute, H5Tget_size(type.get()));
  if (kind == H5T_INTEGER) return read_integer(attribute, type.get());
  return std::nullopt;
}

std::string name_of(hid_t attribute) {
  const ssize_t length = check(H5Aget_name(attribute, 0, nullptr), "examining an attribute");
  std::string name(static_cast<std::size_t>(length), '\0');
  check(H5Aget_name(attribute, name.size() + 1, name.data()), "examining an attribute");
  return name;
}

}  // namespace

Attributes read_attributes(hid_t object) {
  H5O_info_t info{};
  check(H5Oget_info2(object, &info, H5O_INFO_NUM_ATTRS), "counting attributes");
  Attributes attributes;
  for (hsize_t position = 0; position < info.num_attrs; ++position) {
    hid_t id =
        H5Aopen_by_idx(object, ".", H5_INDEX_CRT_ORDER, H5_ITER_INC, position, H5P_DEFAULT, H5P_DEFAULT);
    if (id < 0) {  // a file without creation order
      id = H5Aopen_by_idx(object, ".", H5_INDEX_NAME, H5_ITER_INC, position, H5P_DEFAULT, H5P_DEFAULT);
    }
    const Attribute attribute(check(id, "opening an attribute"));
    if (auto value = read_value(attribute.get())) {
      attributes.emplace_back(name_of(attribute.get()), std::move(*value));
    }
  }
  return attributes;
}

std::optional<std::string> read_text_attribute(hid_t object, const std::string& name) {
  if (check(H5Aexists(object, name.c_str()), "looking for an attribute") == 0) return std::nullopt;
  const Attribute attribute(check(H5Aopen(object, name.c_str(), H5P_DEFAULT), "opening an attribute"));
  const auto value = read_value(attribute.get());
  if (!value || !std::holds_alternative<std::string>(*value)) return std::nullopt;
  return std::get<std::string>(*value);
}

}  // namespace tempsweep::io
