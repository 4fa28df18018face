// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tempsweep {

enum class NumberKind : std::uint8_t { signed_integer, unsigned_integer, real };

/// Integers of 1, 2, 4 or 8 bytes, reals of 4 or 8.
struct NumberType {
  NumberKind kind = NumberKind::real;
  std::size_t bytes = 8;

  [[nodiscard]] bool is_integer() const noexcept { return kind != NumberKind::real; }
};

/// `int32`, `uint64`, `float32`: as NumPy calls it.
[[nodiscard]] std::string name_of(const NumberType& type);

/// An array of numbers in a file, read by pieces in row-major order.
class NumberArray {
 public:
  NumberArray() = default;
  NumberArray(const NumberArray&) = delete;
  NumberArray& operator=(const NumberArray&) = delete;
  virtual ~NumberArray() = default;

  /// What messages call it: the file, and the array in it.
  [[nodiscard]] virtual const std::string& name() const = 0;
  /// At least one axis, none of length 0.
  [[nodiscard]] virtual const std::vector<std::uint64_t>& shape() const = 0;
  [[nodiscard]] virtual NumberType type() const = 0;

  /// Elements [first, first + count) as they are, in the machine's byte order, to `destination`.
  /// \throws InputError when the file changed or is cut short; FileError when it cannot be read.
  virtual void read(std::uint64_t first, std::uint64_t count, std::byte* destination) = 0;

  [[nodiscard]] std::uint64_t size() const;
};

/// Elements from `first` on. An unsigned number beyond 2^63 - 1 arrives as 2^63 - 1. \pre an integer type
void read_integers(NumberArray& array, std::uint64_t first, std::span<std::int64_t> destination);
/// \pre an unsigned type
void read_unsigned(NumberArray& array, std::uint64_t first, std::span<std::uint64_t> destination);
/// Integers beyond 2^53 are rounded.
void read_reals(NumberArray& array, std::uint64_t first, std::span<double> destination);

/// `(3, 4)`, as Python writes it.
[[nodiscard]] std::string format_shape(const std::vector<std::uint64_t>& shape);

}  // namespace tempsweep
