// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tempsweep {

/// Where logits come from: a matrix [rows, width] that is read by blocks of rows and never held whole.
class Source {
 public:
  Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  virtual ~Source() = default;

  /// What the user called it, for messages and provenance (a path, or `synthetic:normal:3`).
  [[nodiscard]] virtual std::string name() const = 0;
  /// Where a row stands, for messages: the file, and the row in it.
  [[nodiscard]] virtual std::string place_of(std::int64_t row) const {
    return name() + ": row " + std::to_string(row);
  }
  [[nodiscard]] virtual std::int64_t rows() const = 0;
  [[nodiscard]] virtual std::int64_t width() const = 0;
  /// `f64`, `f32`, `f16`, `bf16` or `text`; of joined files of several types `f64`.
  [[nodiscard]] virtual std::string dtype() const = 0;
  /// Names of the tokens when the input carries them (CSV with a token column, JSON), else empty.
  [[nodiscard]] virtual const std::vector<std::string>& token_names() const = 0;
  /// Files whose bytes make up the input, in order; empty for synthetic input.
  [[nodiscard]] virtual std::vector<std::string> files() const = 0;
  /// Bytes that the source holds, and that read() needs beyond its destination for a block of `rows` rows.
  [[nodiscard]] virtual std::uint64_t scratch_bytes(std::int64_t rows) const = 0;

  /// Reads rows [first, first + count) and the first `columns` tokens of each into `destination`
  /// [count, columns], row-major, exactly converted to double. NaN and infinities pass through: the engine
  /// judges them. \throws InputError when the file changed or is cut short; FileError when it cannot be read.
  virtual void read(std::int64_t first, std::int64_t count, std::int64_t columns, double* destination) = 0;
};

/// Opens one file by its name: `.npy` (f16, f32, f64; C and Fortran order; 1-D is one row), `.csv`, `.json`.
/// \throws InputError: missing, empty, truncated, foreign or lying file, wrong dtype or rank, zero rows, a
///         format that is not supported yet; each message names the file, the place and the way out.
[[nodiscard]] std::unique_ptr<Source> open_source(const std::string& path);

/// Several files of equal width (and equal token names, where given) as one matrix, in order.
[[nodiscard]] std::unique_ptr<Source> concatenate(std::vector<std::unique_ptr<Source>> parts);

/// Seeded synthetic rows: `normal:σ`, `gumbel`, `zipf:s` (logit −s·ln(i + 1)), `uniform:a:b`.
/// Row r, token i depend on (law, seed, r, i) alone (Philox, purpose 6), not on width, blocks or threads.
[[nodiscard]] std::unique_ptr<Source> synthetic_source(const std::string& law, std::int64_t rows,
                                                       std::int64_t width, std::uint64_t seed);

/// One name a line (UTF-8 or any bytes; kept as they are, but for a \r that ends every line), `width` lines
/// at least. \returns the first `width` of them
[[nodiscard]] std::vector<std::string> read_token_names(const std::string& path, std::int64_t width);

/// Index of the true token of each row: `.npy` of any integer type, 1-D, or text with one integer a line.
/// \returns exactly `rows` values, each in 0 … width − 1; anything else is an InputError with file and row.
[[nodiscard]] std::vector<std::int64_t> read_labels(const std::string& path, std::int64_t rows,
                                                    std::int64_t width);

}  // namespace tempsweep
