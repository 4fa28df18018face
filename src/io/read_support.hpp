// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"

#include "io/hdf5/handle.hpp"
#include "io/hdf5/library.hpp"

namespace tempsweep::io {

/// Opens a result for reading. A file that another run is writing is refused: it is locked.
/// \throws InputError naming the path: missing, a directory, no HDF5 file, cut short, damaged, locked
[[nodiscard]] File open_result(const std::string& path);

[[nodiscard]] std::vector<std::uint64_t> extents_of(hid_t dataset);

/// Runs a reading step; what HDF5 complains about becomes an InputError that names the file.
template <typename Step>
auto reading(const std::string& path, Step step) {
  try {
    return step();
  } catch (const Hdf5Failure& failure) {
    throw InputError(fmt::format("cannot read {}: {}", path, failure.what()));
  }
}

}  // namespace tempsweep::io
