// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tempsweep/core/number_array.hpp"

namespace tempsweep {

// Somebody else's draws: counts of each token, or the tokens one by one.

/// An array of a `.npy` file, by NumPy's type: integers of 1 to 8 bytes, float32, float64. C order only.
/// \throws InputError: what open_source() refuses, other types, Fortran order
[[nodiscard]] std::unique_ptr<NumberArray> open_npy_numbers(const std::string& path);

/// The member `name` of a `.npz` archive (numpy.savez, numpy.savez_compressed), held in memory.
[[nodiscard]] std::unique_ptr<NumberArray> open_npz_numbers(const std::string& path, const std::string& name);
/// Names of the arrays of a `.npz` archive, without `.npy`, in its order.
[[nodiscard]] std::vector<std::string> npz_names(const std::string& path);

/// `file.h5:/path/of/dataset`. \throws InputError: no such file, dataset or number type
[[nodiscard]] std::unique_ptr<NumberArray> open_hdf5_numbers(const std::string& place);
/// True for a word such as `file.h5:/counts`: a file and a path in it.
[[nodiscard]] bool is_hdf5_place(const std::string& word);
/// Names of the datasets of the group `file.h5:/group`; empty when it is a dataset itself.
[[nodiscard]] std::vector<std::string> hdf5_names(const std::string& place);

/// What the draws must fit.
struct DrawShape {
  std::int64_t rows = 1;
  std::int64_t width = 0;                ///< tokens; ids are 0 ... width - 1
  std::span<const std::string> names{};  ///< of the tokens, or empty: then files of named counts name ids
};

/// How often each token was drawn, [rows, width] row-major; each row holds 1 to 2^53 draws.
struct DrawCounts {
  std::int64_t rows = 0;
  std::int64_t width = 0;
  std::vector<std::uint64_t> counts;

  [[nodiscard]] std::span<const std::uint64_t> row(std::int64_t index) const {
    return std::span(counts).subspan(static_cast<std::size_t>(index * width),
                                     static_cast<std::size_t>(width));
  }
};

/// Counts from an array [width] (one row) or [rows, width] of integers.
/// \throws InputError naming the place and the value: a negative count, another shape, a row without draws or
///         with more than 2^53
[[nodiscard]] DrawCounts read_counts(NumberArray& array, const DrawShape& shape);

/// Counts from a file by its name.
/// `.npy`: as above. `.csv`: a numeric matrix, or the header `token,count` and a token a line (its name where
/// `shape.names` are given, else its id; tokens left out have count 0). `.json`: {token: count, ...},
/// {"tokens": [...], "counts": [...]}, a list, or a list of lists.
[[nodiscard]] DrawCounts read_counts(const std::string& path, const DrawShape& shape);

/// Counts of token ids in an array: one row from any shape, several from [rows, n]. Read by pieces.
[[nodiscard]] DrawCounts count_draws(NumberArray& array, const DrawShape& shape);

/// Counts of the token ids of a `.npy` file, or of text with one id a line, of any length; `-` is text from
/// standard input. Text is one row.
[[nodiscard]] DrawCounts count_draws(const std::string& path, const DrawShape& shape);

}  // namespace tempsweep
