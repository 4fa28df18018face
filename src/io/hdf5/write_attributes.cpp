// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/core/utf8.hpp"

#include "io/hdf5/attributes.hpp"
#include "io/hdf5/handle.hpp"
#include "io/hdf5/library.hpp"
#include "io/hdf5/types.hpp"

namespace tempsweep::io {
namespace {

void write_raw(hid_t object, const std::string& name, hid_t type, hid_t space, const void* value) {
  if (check(H5Aexists(object, name.c_str()), "looking for an attribute") > 0) {
    check(H5Adelete(object, name.c_str()), "replacing an attribute");
  }
  Attribute attribute(check(H5Acreate2(object, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT),
                            "creating an attribute"));
  check(H5Awrite(attribute.get(), type, value), "writing an attribute");
  check(attribute.close(), "closing an attribute");
}

void write_scalar(hid_t object, const std::string& name, hid_t type, const void* value) {
  const Space space(check(H5Screate(H5S_SCALAR), "creating a scalar"));
  write_raw(object, name, type, space.get(), value);
}

void write_value(hid_t object, const std::string& name, const std::string& value) {
  const std::string text = valid_utf8(value);
  const Type type(check(H5Tcopy(H5T_C_S1), "creating a text type"));
  check(H5Tset_size(type.get(), text.size() + 1), "sizing a text type");
  check(H5Tset_strpad(type.get(), H5T_STR_NULLTERM), "padding a text type");
  check(H5Tset_cset(type.get(), H5T_CSET_UTF8), "encoding a text type");
  write_scalar(object, name, type.get(), text.c_str());
}

void write_value(hid_t object, const std::string& name, const std::vector<std::int8_t>& values) {
  const hsize_t length = values.size();
  const Space space(check(H5Screate_simple(1, &length, nullptr), "creating a list"));
  write_raw(object, name, file_type(ElementType::i8), space.get(), values.data());
}

template <typename Number>
void write_value(hid_t object, const std::string& name, Number value) {
  write_scalar(object, name, file_type(element_type_of<Number>), &value);
}

}  // namespace

void write_attribute(hid_t object, const std::string& name, const AttributeValue& value) {
  std::visit([&](const auto& held) { write_value(object, name, held); }, value);
}

void write_attributes(hid_t object, const Attributes& attributes) {
  for (const auto& [name, value] : attributes) write_attribute(object, name, value);
}

void write_int32_attribute(hid_t object, const std::string& name, std::int32_t value) {
  write_scalar(object, name, H5T_NATIVE_INT32, &value);
}

}  // namespace tempsweep::io
