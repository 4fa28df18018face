// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/core/number_array.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tempsweep {
namespace {

constexpr std::uint64_t piece = 1U << 16U;  // elements converted at a time

template <typename Stored, typename Wanted>
Wanted converted(Stored value) {
  if constexpr (std::is_same_v<Stored, std::uint64_t> && std::is_same_v<Wanted, std::int64_t>) {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    return value > static_cast<std::uint64_t>(most) ? most : static_cast<std::int64_t>(value);
  } else {
    return static_cast<Wanted>(value);
  }
}

template <typename Stored, typename Wanted>
void convert_all(const std::vector<std::byte>& bytes, std::span<Wanted> destination) {
  for (std::size_t i = 0; i < destination.size(); ++i) {
    Stored value;
    std::memcpy(&value, bytes.data() + i * sizeof(Stored), sizeof(Stored));
    destination[i] = converted<Stored, Wanted>(value);
  }
}

template <typename Wanted>
void convert(const NumberType& type, const std::vector<std::byte>& bytes, std::span<Wanted> destination) {
  const bool is_signed = type.kind == NumberKind::signed_integer;
  if (type.kind == NumberKind::real) {
    return type.bytes == 4 ? convert_all<float>(bytes, destination) : convert_all<double>(bytes, destination);
  }
  switch (type.bytes) {
    case 1:
      return is_signed ? convert_all<std::int8_t>(bytes, destination)
                       : convert_all<std::uint8_t>(bytes, destination);
    case 2:
      return is_signed ? convert_all<std::int16_t>(bytes, destination)
                       : convert_all<std::uint16_t>(bytes, destination);
    case 4:
      return is_signed ? convert_all<std::int32_t>(bytes, destination)
                       : convert_all<std::uint32_t>(bytes, destination);
    default:
      return is_signed ? convert_all<std::int64_t>(bytes, destination)
                       : convert_all<std::uint64_t>(bytes, destination);
  }
}

template <typename Wanted>
void read_as(NumberArray& array, std::uint64_t first, std::span<Wanted> destination) {
  const NumberType type = array.type();
  std::vector<std::byte> bytes;
  while (!destination.empty()) {
    const std::uint64_t now = std::min<std::uint64_t>(piece, destination.size());
    bytes.resize(now * type.bytes);
    array.read(first, now, bytes.data());
    convert(type, bytes, destination.first(now));
    destination = destination.subspan(now);
    first += now;
  }
}

}  // namespace

std::string name_of(const NumberType& type) {
  constexpr const char* words[] = {"int", "uint", "float"};
  return fmt::format("{}{}", words[static_cast<int>(type.kind)], 8 * type.bytes);
}

std::uint64_t NumberArray::size() const {
  return std::accumulate(shape().begin(), shape().end(), std::uint64_t{1}, std::multiplies<>());
}

void read_integers(NumberArray& array, std::uint64_t first, std::span<std::int64_t> destination) {
  read_as(array, first, destination);
}

void read_unsigned(NumberArray& array, std::uint64_t first, std::span<std::uint64_t> destination) {
  read_as(array, first, destination);
}

void read_reals(NumberArray& array, std::uint64_t first, std::span<double> destination) {
  read_as(array, first, destination);
}

std::string format_shape(const std::vector<std::uint64_t>& shape) {
  return fmt::format("({}{})", fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
}

}  // namespace tempsweep
