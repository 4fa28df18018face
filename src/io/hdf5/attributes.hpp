// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <hdf5.h>

#include "tempsweep/sink.hpp"

namespace tempsweep::io {

/// Writes one attribute of a file or dataset, replacing one of the same name. Numbers are scalars, a list is
/// one-dimensional; text is a NUL-terminated UTF-8 string of fixed length, the only form that all readers
/// take. Bytes that are no UTF-8 become `\xNN`: one stray byte would make the whole file unreadable in
/// xarray. \throws Hdf5Failure
void write_attribute(hid_t object, const std::string& name, const AttributeValue& value);
void write_attributes(hid_t object, const Attributes& attributes);

/// For netCDF's own bookkeeping, which wants exactly this type.
void write_int32_attribute(hid_t object, const std::string& name, std::int32_t value);

/// All attributes that an AttributeValue can hold, in the order of their creation where the file knows it.
/// Integers of other widths arrive as i64, other kinds (references, compounds, text of variable length) are
/// left out.
[[nodiscard]] Attributes read_attributes(hid_t object);

/// Nothing when there is no such attribute or it is no text.
[[nodiscard]] std::optional<std::string> read_text_attribute(hid_t object, const std::string& name);

}  // namespace tempsweep::io
