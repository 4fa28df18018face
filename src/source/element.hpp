// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace tempsweep {

/// IEEE binary16 to double by its bits: exact, subnormals, infinities and NaN included.
[[nodiscard]] double half_to_double(std::uint16_t bits) noexcept;

enum class FloatType : std::uint8_t { f16, f32, f64 };

[[nodiscard]] std::uint64_t size_of(FloatType type) noexcept;

/// Elements in memory: `stride` in elements of `type`; `swapped` when their bytes are in big-endian order.
struct Elements {
  const std::byte* first;
  std::int64_t stride;
  FloatType type;
  bool swapped;
};

/// destination[i·destination_stride] = element i, for i in [0, count); the two must not overlap.
void convert(const Elements& elements, std::int64_t count, double* destination,
             std::int64_t destination_stride);

}  // namespace tempsweep
