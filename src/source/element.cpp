// SPDX-License-Identifier: Apache-2.0
#include "source/element.hpp"

#include <bit>
#include <cstring>

namespace tempsweep {
namespace {

static_assert(std::endian::native == std::endian::little, "the readers take little-endian files as they are");

std::uint16_t swap_bytes(std::uint16_t bits) {
  return __builtin_bswap16(bits);
}
std::uint32_t swap_bytes(std::uint32_t bits) {
  return __builtin_bswap32(bits);
}
std::uint64_t swap_bytes(std::uint64_t bits) {
  return __builtin_bswap64(bits);
}

double to_double(std::uint16_t bits) {
  return half_to_double(bits);
}
double to_double(std::uint32_t bits) {
  return static_cast<double>(std::bit_cast<float>(bits));
}
double to_double(std::uint64_t bits) {
  return std::bit_cast<double>(bits);
}

template <typename Bits, bool swapped>
void convert_as(const std::byte* first, std::int64_t stride, std::int64_t count, double* destination,
                std::int64_t destination_stride) {
  for (std::int64_t i = 0; i < count; ++i) {
    Bits bits;
    // memcpy, since a header of odd length leaves the elements unaligned.
    std::memcpy(&bits, first + i * stride * static_cast<std::int64_t>(sizeof(Bits)), sizeof(Bits));
    if constexpr (swapped) bits = swap_bytes(bits);
    destination[i * destination_stride] = to_double(bits);
  }
}

template <typename Bits>
void convert_bits(const Elements& elements, std::int64_t count, double* destination, std::int64_t stride) {
  const auto loop = elements.swapped ? convert_as<Bits, true> : convert_as<Bits, false>;
  loop(elements.first, elements.stride, count, destination, stride);
}

}  // namespace

double half_to_double(std::uint16_t bits) noexcept {
  const std::uint64_t sign = std::uint64_t{bits & 0x8000U} << 48U;
  const std::uint64_t exponent = (bits >> 10U) & 0x1FU;
  const std::uint64_t fraction = bits & 0x3FFU;
  if (exponent == 0) {  // zero or subnormal: fraction · 2⁻²⁴
    const double magnitude = static_cast<double>(fraction) * 0x1p-24;
    return sign != 0 ? -magnitude : magnitude;
  }
  const std::uint64_t wide_exponent = exponent == 0x1F ? 0x7FF : exponent + (1023 - 15);
  return std::bit_cast<double>(sign | wide_exponent << 52U | fraction << 42U);
}

std::uint64_t size_of(FloatType type) noexcept {
  switch (type) {
    case FloatType::f16:
      return 2;
    case FloatType::f32:
      return 4;
    case FloatType::f64:
      break;
  }
  return 8;
}

void convert(const Elements& elements, std::int64_t count, double* destination,
             std::int64_t destination_stride) {
  switch (elements.type) {
    case FloatType::f16:
      return convert_bits<std::uint16_t>(elements, count, destination, destination_stride);
    case FloatType::f32:
      return convert_bits<std::uint32_t>(elements, count, destination, destination_stride);
    case FloatType::f64:
      return convert_bits<std::uint64_t>(elements, count, destination, destination_stride);
  }
}

}  // namespace tempsweep
