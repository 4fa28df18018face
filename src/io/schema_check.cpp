// SPDX-License-Identifier: Apache-2.0
#include "io/schema_check.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"

#include "io/hdf5/types.hpp"

namespace tempsweep::io {
namespace {

constexpr std::uint64_t largest_array = std::uint64_t{1} << 62;
constexpr std::uint64_t largest_chunk = std::numeric_limits<std::uint32_t>::max();  // bytes, a limit of HDF5

[[noreturn]] void refuse(const std::string& name, const std::string& why) {
  throw InputError(fmt::format("result variable '{}': {}", name, why));
}

const Dimension* find(const Schema& schema, const std::string& name) {
  const auto found = std::ranges::find(schema.dimensions, name, &Dimension::name);
  return found == schema.dimensions.end() ? nullptr : &*found;
}

// The empty string is no name of anything, and a slash would make a subgroup.
void check_name(const std::string& name, std::set<std::string>& taken) {
  if (name.empty() || name.find('/') != std::string::npos) refuse(name, "not a name");
  if (!taken.insert(name).second) refuse(name, "defined twice");
}

void check_dimensions(const Schema& schema) {
  std::set<std::string> taken;
  for (const Dimension& dimension : schema.dimensions) {
    check_name(dimension.name, taken);
    if (dimension.size < 1) {
      throw InputError(fmt::format("result dimension '{}' has size {}", dimension.name, dimension.size));
    }
  }
}

void check_shape(const Schema& schema, const Variable& variable) {
  std::set<std::string> used;
  std::uint64_t bytes = size_of(variable.type);
  for (const std::string& name : variable.dimensions) {
    const Dimension* dimension = find(schema, name);
    if (dimension == nullptr) refuse(variable.name, fmt::format("unknown dimension '{}'", name));
    if (!used.insert(name).second) refuse(variable.name, fmt::format("dimension '{}' twice", name));
    const auto length = static_cast<std::uint64_t>(dimension->size);
    if (length > largest_array / bytes) refuse(variable.name, "larger than 2^62 bytes");
    bytes *= length;
  }
}

void check_chunks(const Schema& schema, const Variable& variable) {
  if (variable.storage == Storage::contiguous) return;
  if (variable.chunks.size() != variable.dimensions.size() || variable.chunks.empty()) {
    refuse(variable.name, "needs one chunk length per dimension");
  }
  if (std::ranges::any_of(variable.chunks, [](std::int64_t length) { return length < 1; })) {
    refuse(variable.name, "chunk lengths must be at least 1");
  }
  const std::uint64_t bytes = product_of(chunk_shape_of(schema, variable)) * size_of(variable.type);
  if (bytes > largest_chunk) refuse(variable.name, "chunks beyond 4 GiB - 1 are not possible in HDF5");
}

bool fits(const AttributeValue& value, ElementType type) {
  return std::visit(
      [type](const auto& held) {
        using Held = std::remove_cvref_t<decltype(held)>;
        if constexpr (std::is_arithmetic_v<Held>) {
          return element_type_of<Held> == type;
        } else {
          return false;
        }
      },
      value);
}

void check_fill(const Variable& variable) {
  const bool is_float = variable.type == ElementType::f64 || variable.type == ElementType::f32;
  if (variable.fill_with_nan && !is_float) refuse(variable.name, "only floats can be filled with NaN");
  const AttributeValue* own = own_fill_value(variable);
  if (own == nullptr) return;
  if (variable.fill_with_nan) refuse(variable.name, "two fill values");
  if (!fits(*own, variable.type)) refuse(variable.name, "_FillValue must have the type of the variable");
}

}  // namespace

std::vector<std::uint64_t> shape_of(const Schema& schema, const Variable& variable) {
  std::vector<std::uint64_t> shape;
  for (const std::string& name : variable.dimensions) {
    shape.push_back(static_cast<std::uint64_t>(find(schema, name)->size));
  }
  return shape;
}

std::vector<std::uint64_t> chunk_shape_of(const Schema& schema, const Variable& variable) {
  std::vector<std::uint64_t> chunks = shape_of(schema, variable);
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    chunks[i] = std::min(chunks[i], static_cast<std::uint64_t>(variable.chunks[i]));
  }
  return chunks;
}

std::uint64_t product_of(const std::vector<std::uint64_t>& lengths) noexcept {
  std::uint64_t product = 1;
  for (const std::uint64_t length : lengths) product *= length;
  return product;
}

const AttributeValue* own_fill_value(const Variable& variable) noexcept {
  for (const auto& [name, value] : variable.attributes) {
    if (name == "_FillValue") return &value;
  }
  return nullptr;
}

bool is_coordinate(const Variable& variable) noexcept {
  return variable.dimensions.size() == 1 && variable.dimensions.front() == variable.name;
}

void check_schema(const Schema& schema) {
  check_dimensions(schema);
  std::set<std::string> taken;
  for (const Variable& variable : schema.variables) {
    check_name(variable.name, taken);
    check_shape(schema, variable);
    if (find(schema, variable.name) != nullptr && !is_coordinate(variable)) {
      refuse(variable.name, "named like a dimension, but not one-dimensional over it");
    }
    check_chunks(schema, variable);
    check_fill(variable);
  }
}

}  // namespace tempsweep::io
