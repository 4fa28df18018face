// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tempsweep/sink.hpp"

#include "io/hdf5/handle.hpp"
#include "io/hdf5/types.hpp"

namespace tempsweep::io {

class PartialFile;

/// An empty HDF5 file in the form that netCDF-4 wants: creation order tracked, oldest format version that can
/// do it.
[[nodiscard]] File create_file(PartialFile& partial);

/// Who wrote the file, in netCDF's own hidden attribute.
[[nodiscard]] std::string netcdf_properties();

/// The scales of a variable's axes, out of the scales of all dimensions of the schema.
[[nodiscard]] std::vector<hid_t> scales_of(const Schema& schema, const Variable& variable,
                                           const std::vector<hid_t>& scales);

/// \throws FileError when the slab does not lie inside the shape or the data have another size.
void check_slab(const Variable& variable, const std::vector<std::uint64_t>& shape, const Slab& slab,
                std::size_t bytes);

/// \pre check_slab passed.
void write_slab(hid_t dataset, hid_t type, const Slab& slab, std::span<const std::byte> data);

}  // namespace tempsweep::io
