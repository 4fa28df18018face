// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tempsweep/sink.hpp"

namespace tempsweep::io {

/// Refuses what no file can hold, before a byte is written: unknown or repeated names, sizes below 1, arrays
/// beyond 2^62 bytes, chunks beyond 4 GiB - 1, a fill value of another type than its variable. \throws
/// InputError
void check_schema(const Schema& schema);

/// One length per dimension of the variable. The names must be known.
[[nodiscard]] std::vector<std::uint64_t> shape_of(const Schema& schema, const Variable& variable);

/// Chunk lengths no longer than the dimensions. \pre the variable passed check_schema and is not contiguous.
[[nodiscard]] std::vector<std::uint64_t> chunk_shape_of(const Schema& schema, const Variable& variable);

[[nodiscard]] std::uint64_t product_of(const std::vector<std::uint64_t>& lengths) noexcept;

/// The `_FillValue` among the variable's own attributes, if it has one.
[[nodiscard]] const AttributeValue* own_fill_value(const Variable& variable) noexcept;

/// A variable named like its only dimension holds the coordinates of that dimension.
[[nodiscard]] bool is_coordinate(const Variable& variable) noexcept;

}  // namespace tempsweep::io
