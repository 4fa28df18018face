// SPDX-License-Identifier: Apache-2.0
#include "io/datasets.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "io/hdf5/attributes.hpp"
#include "io/hdf5/library.hpp"
#include "io/hdf5/types.hpp"
#include "io/schema_check.hpp"

namespace tempsweep::io {
namespace {

constexpr std::uint64_t all_caches = std::uint64_t{8} << 20;

using Extents = std::vector<hsize_t>;

Extents extents(const std::vector<std::uint64_t>& lengths) {
  return {lengths.begin(), lengths.end()};
}

PropertyList creation_list() {
  PropertyList list(check(H5Pcreate(H5P_DATASET_CREATE), "preparing a dataset"));
  check(H5Pset_attr_creation_order(list.get(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED),
        "ordering attributes");
  check(H5Pset_obj_track_times(list.get(), false), "switching object times off");
  return list;
}

// Unwritten elements must read as the `_FillValue` attribute says; the attribute alone does not make it so.
void set_fill(hid_t list, const Variable& variable) {
  const hid_t type = file_type(variable.type);
  if (variable.fill_with_nan) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    check(H5Pset_fill_value(list, H5T_NATIVE_DOUBLE, &nan), "setting a fill value");
  } else if (variable.unwritten_is_minus_one) {
    constexpr int minus_one = -1;
    check(H5Pset_fill_value(list, H5T_NATIVE_INT, &minus_one), "setting a fill value");
  } else if (const AttributeValue* own = own_fill_value(variable)) {
    std::visit(
        [&](const auto& value) {
          if constexpr (std::is_arithmetic_v<std::remove_cvref_t<decltype(value)>>) {
            check(H5Pset_fill_value(list, type, &value), "setting a fill value");
          }
        },
        *own);
  }
}

void set_chunks(hid_t list, const Variable& variable, const Extents& chunks, Compression compression) {
  check(H5Pset_chunk(list, static_cast<int>(chunks.size()), chunks.data()), "setting chunks");
  if (variable.storage != Storage::compressible || compression == Compression::none) return;
  check(H5Pset_shuffle(list), "setting the shuffle filter");
  check(H5Pset_deflate(list, static_cast<unsigned>(deflate_level(compression))),
        "setting the deflate filter");
}

// A chunk that is not cached is written through, which is what uncompressed tiles want: their edges are chunk
// edges, and what the library does cache it holds on to beyond the size that it is given (1.10). A compressed
// chunk would be unpacked and packed again for every piece, so one of it is always held.
PropertyList access_list(const Variable& variable, std::uint64_t chunk_bytes, const DatasetOptions& options) {
  PropertyList list(check(H5Pcreate(H5P_DATASET_ACCESS), "preparing a dataset"));
  if (variable.storage == Storage::contiguous) return list;
  const bool packed = variable.storage == Storage::compressible && options.compression != Compression::none;
  std::uint64_t chunks = packed ? std::max<std::uint64_t>(1, options.cache_bytes / chunk_bytes) : 0;
  constexpr std::uint64_t most_chunks = 1000;
  constexpr double drop_finished_first = 1.0;
  chunks = std::min(chunks, most_chunks);
  const std::size_t slots = static_cast<std::size_t>(chunks) * 10 + 1;
  check(H5Pset_chunk_cache(list.get(), slots, static_cast<std::size_t>(chunks * chunk_bytes),
                           drop_finished_first),
        "setting a chunk cache");
  return list;
}

Attributes full_attributes(const Variable& variable) {
  Attributes attributes;
  if (!variable.long_name.empty()) attributes.emplace_back("long_name", variable.long_name);
  if (!variable.units.empty()) attributes.emplace_back("units", variable.units);
  if (variable.fill_with_nan) {
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    if (variable.type == ElementType::f32) attributes.emplace_back("_FillValue", nan);
    if (variable.type == ElementType::f64) attributes.emplace_back("_FillValue", double{nan});
  }
  if (variable.type == ElementType::text) attributes.emplace_back("_Encoding", "utf-8");
  std::erase_if(attributes, [&](const auto& automatic) {
    return std::ranges::any_of(variable.attributes,
                               [&](const auto& own) { return own.first == automatic.first; });
  });
  attributes.insert(attributes.end(), variable.attributes.begin(), variable.attributes.end());
  return attributes;
}

}  // namespace

int deflate_level(Compression compression) {
  constexpr int fast = 1;
  constexpr int small = 6;
  return compression == Compression::none ? 0 : compression == Compression::fast ? fast : small;
}

DatasetOptions dataset_options(const Schema& schema, Compression compression) {
  const auto chunked = std::ranges::count_if(
      schema.variables, [](const Variable& variable) { return variable.storage != Storage::contiguous; });
  return {compression, chunked == 0 ? 0 : all_caches / static_cast<std::uint64_t>(chunked)};
}

Dataset create_dataset(hid_t file, const Schema& schema, const Variable& variable,
                       const DatasetOptions& options) {
  const Extents shape = extents(shape_of(schema, variable));
  const Space space(check(shape.empty()
                              ? H5Screate(H5S_SCALAR)
                              : H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr),
                          "creating a shape"));
  const PropertyList creation = creation_list();
  std::uint64_t chunk_bytes = 0;
  if (variable.storage != Storage::contiguous) {
    const auto chunks = chunk_shape_of(schema, variable);
    chunk_bytes = product_of(chunks) * size_of(variable.type);
    set_chunks(creation.get(), variable, extents(chunks), options.compression);
  }
  set_fill(creation.get(), variable);
  const PropertyList access = access_list(variable, chunk_bytes, options);
  Dataset dataset(check(H5Dcreate2(file, variable.name.c_str(), file_type(variable.type), space.get(),
                                   H5P_DEFAULT, creation.get(), access.get()),
                        "creating a dataset"));
  write_attributes(dataset.get(), full_attributes(variable));
  return dataset;
}

Dataset create_bare_dimension(hid_t file, const Dimension& dimension) {
  const auto length = static_cast<hsize_t>(dimension.size);
  const Space space(check(H5Screate_simple(1, &length, nullptr), "creating a dimension"));
  const PropertyList creation = creation_list();
  return Dataset(check(H5Dcreate2(file, dimension.name.c_str(), H5T_IEEE_F32BE, space.get(), H5P_DEFAULT,
                                  creation.get(), H5P_DEFAULT),
                       "creating a dimension"));
}

}  // namespace tempsweep::io
