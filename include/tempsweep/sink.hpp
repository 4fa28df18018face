// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace tempsweep {

/// Element types a result may have: those that every reader of the file understands (no 2-byte floats).
enum class ElementType : std::uint8_t { f64, f32, i64, i8, u64, u16, text };

[[nodiscard]] std::size_t size_of(ElementType type) noexcept;

using AttributeValue = std::variant<std::string, double, float, std::int64_t, std::int8_t, std::uint16_t,
                                    std::vector<std::int8_t>>;
using Attributes = std::vector<std::pair<std::string, AttributeValue>>;

/// A named axis, in the order the file shows them. A dimension without coordinate values (a text length) is
/// one for which the schema has no variable of the same name.
struct Dimension {
  std::string name;
  std::int64_t size = 0;
};

/// How the elements are stored: small numbers are worth compressing, dense probabilities are not.
enum class Storage : std::uint8_t { contiguous, chunked, compressible };

/// One array of the result. Shapes follow from `dimensions`, which name entries of Schema::dimensions.
struct Variable {
  std::string name;
  std::string long_name;
  std::string units;
  ElementType type = ElementType::f64;
  std::vector<std::string> dimensions;
  std::vector<std::int64_t> chunks{};  ///< one length per dimension; unused when contiguous
  Storage storage = Storage::contiguous;
  bool fill_with_nan = false;           ///< floats whose unwritten or undefined elements read as NaN
  bool unwritten_is_minus_one = false;  ///< integers; no fill value to readers, who would make floats of them
  Attributes attributes{};              ///< beyond long_name, units and the fill value
};

/// Everything that is known before the first number is computed. Sinks know no metric by name.
struct Schema {
  std::vector<Dimension> dimensions;
  std::vector<Variable> variables;
  Attributes attributes;
};

/// Bytes of a variable, uncompressed; 2⁶⁴ − 1 when they are more.
[[nodiscard]] std::uint64_t variable_bytes(const Schema& schema, const Variable& variable) noexcept;

/// The same as it is stored without compression: whole chunks.
[[nodiscard]] std::uint64_t stored_bytes(const Schema& schema, const Variable& variable) noexcept;

/// Where a piece of a variable goes: one start and one count per dimension of the variable.
struct Slab {
  std::vector<std::int64_t> start;
  std::vector<std::int64_t> count;
};

/// Where results go. Not thread-safe: one thread writes.
class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  /// A sink destroyed before finish() or suspend() leaves nothing behind.
  virtual ~Sink() = default;

  /// Writes a row-major piece of variable number `variable` of the schema. \throws FileError
  virtual void write(std::size_t variable, const Slab& slab, std::span<const std::byte> data) = 0;
  /// Makes everything written so far durable against the death of the process.
  virtual void flush() = 0;
  /// Adds the closing attributes (replacing those of the same name), and publishes the result.
  virtual void finish(const Attributes& closing) = 0;
  /// Leaves what was written, with the closing attributes, as a result that can be read but is not published.
  /// \returns where it is, or nothing where it cannot be kept
  virtual std::string suspend(const Attributes& closing) = 0;
};

}  // namespace tempsweep
