// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tempsweep/sink.hpp"

namespace tempsweep {

/// Of the files that are written, in the attribute of that name.
inline constexpr std::int64_t schema_version = 1;

enum class Compression : std::uint8_t {
  none,
  fast,   ///< shuffle + deflate on `compressible` variables, at a low level
  small,  ///< the same at a middle one
};

/// HDF5 that is also valid netCDF-4 (docs/file-format.md).
///
/// Everything goes to `path + ".partial"`, created exclusively; finish() syncs it to the disk, renames it to
/// `path` and syncs the directory. Destroyed before that, the partial file is removed.
/// \param force  replace an existing `path` and a stale partial file.
/// \param threads  that compress; the bytes of the file do not depend on them
/// \throws FileError: exists, not writable, no such directory, disk full (the message names the file and what
/// to do).
[[nodiscard]] std::unique_ptr<Sink> create_result_file(const std::string& path, const Schema& schema,
                                                       Compression compression, bool force, int threads = 1);

/// One line of a summary: a variable as the file holds it.
struct StoredVariable {
  std::string name;
  std::string type;  ///< `f64`, `u16`, …
  std::vector<std::string> dimensions;
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> chunks;  ///< empty when contiguous
  std::string units;
  std::string long_name;
  std::uint64_t stored_bytes = 0;
};

/// What a result file says about itself.
struct StoredResult {
  std::vector<Dimension> dimensions;
  std::vector<StoredVariable> variables;
  Attributes attributes;
};

/// \throws InputError when the file is no HDF5 file, is cut short or was not written by this program.
[[nodiscard]] StoredResult describe_result_file(const std::string& path);

/// Reads a slab of an f64, f32 or integer variable as doubles (no scale_factor applied).
/// \throws InputError when there is no such variable or the slab lies outside it.
[[nodiscard]] std::vector<double> read_result_slab(const std::string& path, const std::string& variable,
                                                   const Slab& slab);

}  // namespace tempsweep
