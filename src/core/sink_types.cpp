// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>

#include "tempsweep/sink.hpp"

namespace tempsweep {

std::size_t size_of(ElementType type) noexcept {
  switch (type) {
    case ElementType::f64:
    case ElementType::i64:
    case ElementType::u64:
      return 8;
    case ElementType::f32:
      return 4;
    case ElementType::u16:
      return 2;
    case ElementType::i8:
    case ElementType::text:
      return 1;
  }
  return 0;
}

std::uint64_t variable_bytes(const Schema& schema, const Variable& variable) noexcept {
  std::uint64_t bytes = size_of(variable.type);
  for (const std::string& name : variable.dimensions) {
    for (const Dimension& dimension : schema.dimensions) {
      if (dimension.name == name &&
          __builtin_mul_overflow(bytes, static_cast<std::uint64_t>(dimension.size), &bytes)) {
        return std::numeric_limits<std::uint64_t>::max();
      }
    }
  }
  return bytes;
}

std::uint64_t stored_bytes(const Schema& schema, const Variable& variable) noexcept {
  if (variable.storage == Storage::contiguous) {
    return variable_bytes(schema, variable);
  }
  Schema whole = schema;
  for (std::size_t d = 0; d < variable.dimensions.size(); ++d) {
    for (Dimension& dimension : whole.dimensions) {
      const std::int64_t chunk = std::max<std::int64_t>(1, std::min(variable.chunks[d], dimension.size));
      if (dimension.name == variable.dimensions[d]) {
        dimension.size = (dimension.size + chunk - 1) / chunk * chunk;
      }
    }
  }
  return variable_bytes(whole, variable);
}

}  // namespace tempsweep
