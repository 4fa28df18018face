// SPDX-License-Identifier: Apache-2.0
#include "io/write_support.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"

#include "io/hdf5/library.hpp"
#include "io/hdf5/partial_driver.hpp"
#include "io/partial_file.hpp"

namespace tempsweep::io {
namespace {

// HDF5 lets its metadata cache grow to 32 MiB; a writer that never looks back needs little of it.
void limit_metadata_cache(hid_t access) {
  H5AC_cache_config_t settings{};
  settings.version = H5AC__CURR_CACHE_CONFIG_VERSION;
  check(H5Pget_mdc_config(access, &settings), "sizing the metadata cache");
  settings.max_size = std::size_t{4} << 20;
  check(H5Pset_mdc_config(access, &settings), "sizing the metadata cache");
}

}  // namespace

File create_file(PartialFile& partial) {
  const PropertyList creation(check(H5Pcreate(H5P_FILE_CREATE), "preparing the file"));
  constexpr unsigned tracked = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;
  check(H5Pset_link_creation_order(creation.get(), tracked), "ordering variables");
  check(H5Pset_attr_creation_order(creation.get(), tracked), "ordering attributes");
  check(H5Pset_obj_track_times(creation.get(), false), "switching object times off");
  const PropertyList access(check(H5Pcreate(H5P_FILE_ACCESS), "preparing the file"));
  check(H5Pset_fclose_degree(access.get(), H5F_CLOSE_SEMI), "preparing the file");
  limit_metadata_cache(access.get());
  use_partial_file(access.get(), partial);
  return File(check(H5Fcreate(partial.partial_path().c_str(), H5F_ACC_TRUNC, creation.get(), access.get()),
                    "creating the file"));
}

std::string netcdf_properties() {
  unsigned major = 0;
  unsigned minor = 0;
  unsigned release = 0;
  check(H5get_libversion(&major, &minor, &release), "asking for the version of HDF5");
  return fmt::format("version=2,tempsweep={},hdf5={}.{}.{}", TEMPSWEEP_IO_VERSION, major, minor, release);
}

std::vector<hid_t> scales_of(const Schema& schema, const Variable& variable,
                             const std::vector<hid_t>& scales) {
  std::vector<hid_t> found;
  for (const std::string& name : variable.dimensions) {
    const auto dimension = std::ranges::find(schema.dimensions, name, &Dimension::name);
    found.push_back(scales.at(static_cast<std::size_t>(dimension - schema.dimensions.begin())));
  }
  return found;
}

void check_slab(const Variable& variable, const std::vector<std::uint64_t>& shape, const Slab& slab,
                std::size_t bytes) {
  const auto refuse = [&](const std::string& why) {
    throw FileError(fmt::format("result variable '{}': {}", variable.name, why));
  };
  if (slab.start.size() != shape.size() || slab.count.size() != shape.size())
    refuse("a slab of another rank");
  std::uint64_t expected = size_of(variable.type);
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const auto length = static_cast<std::int64_t>(shape[i]);
    const bool inside = slab.start[i] >= 0 && slab.count[i] >= 0 && slab.start[i] <= length &&
                        slab.count[i] <= length - slab.start[i];
    if (!inside) {
      refuse(fmt::format("slab {} + {} does not fit axis {} of length {}", slab.start[i], slab.count[i], i,
                         length));
    }
    expected *= static_cast<std::uint64_t>(slab.count[i]);
  }
  if (expected != bytes) refuse(fmt::format("{} bytes for a slab of {}", bytes, expected));
}

void write_slab(hid_t dataset, hid_t type, const Slab& slab, std::span<const std::byte> data) {
  const Space target(check(H5Dget_space(dataset), "examining a dataset"));
  const std::vector<hsize_t> start(slab.start.begin(), slab.start.end());
  const std::vector<hsize_t> count(slab.count.begin(), slab.count.end());
  if (count.empty()) {
    check(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data.data()), "writing");
    return;
  }
  check(H5Sselect_hyperslab(target.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr),
        "selecting a slab");
  const Space memory(
      check(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr), "selecting a slab"));
  check(H5Dwrite(dataset, type, memory.get(), target.get(), H5P_DEFAULT, data.data()), "writing");
}

}  // namespace tempsweep::io
