// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "tempsweep/result_file.hpp"

#include "io/dimension_scales.hpp"
#include "io/hdf5/attributes.hpp"
#include "io/hdf5/types.hpp"
#include "io/read_support.hpp"

namespace tempsweep {
namespace io {
namespace {

constexpr hsize_t most_variables = 10'000;

std::string link_name(hid_t file, H5_index_t index, hsize_t position) {
  const auto get = [&](char* name, std::size_t size) {
    return check(H5Lget_name_by_idx(file, ".", index, H5_ITER_INC, position, name, size, H5P_DEFAULT),
                 "listing the file");
  };
  std::string name(static_cast<std::size_t>(get(nullptr, 0)), '\0');
  get(name.data(), name.size() + 1);
  return name;
}

// Only what is in the file itself: a soft or external link may lead anywhere. One by one, because the
// iterator of HDF5 1.10 frees wild pointers when it meets a damaged table.
std::vector<std::string> link_names(hid_t file) {
  H5G_info_t group{};
  check(H5Gget_info(file, &group), "listing the file");
  if (group.nlinks > most_variables)
    throw Hdf5Failure(fmt::format("{} objects in the root group", group.nlinks));
  H5L_info_t link{};
  H5_index_t index = H5_INDEX_CRT_ORDER;
  if (H5Lget_info_by_idx(file, ".", index, H5_ITER_INC, 0, &link, H5P_DEFAULT) < 0) {  // not tracked
    static_cast<void>(take_error_text());
    index = H5_INDEX_NAME;
  }
  std::vector<std::string> names;
  for (hsize_t position = 0; position < group.nlinks; ++position) {
    check(H5Lget_info_by_idx(file, ".", index, H5_ITER_INC, position, &link, H5P_DEFAULT),
          "listing the file");
    if (link.type == H5L_TYPE_HARD) names.push_back(link_name(file, index, position));
  }
  return names;
}

std::vector<std::int64_t> signed_lengths(const std::vector<std::uint64_t>& lengths) {
  std::vector<std::int64_t> result;
  for (const std::uint64_t length : lengths) {
    if (length > (std::uint64_t{1} << 62)) throw Hdf5Failure(fmt::format("an axis of {} elements", length));
    result.push_back(static_cast<std::int64_t>(length));
  }
  return result;
}

std::vector<std::int64_t> chunks_of(hid_t dataset, std::size_t rank) {
  const PropertyList creation(check(H5Dget_create_plist(dataset), "examining a dataset"));
  if (H5Pget_layout(creation.get()) != H5D_CHUNKED) return {};
  std::vector<hsize_t> chunks(rank);
  check(H5Pget_chunk(creation.get(), static_cast<int>(rank), chunks.data()), "examining chunks");
  return signed_lengths({chunks.begin(), chunks.end()});
}

std::vector<std::string> dimensions_of(hid_t dataset, const std::string& name, std::size_t rank,
                                       const AxisNames& axes) {
  if (is_scale(dataset)) return {name};
  H5O_info_t info{};
  check(H5Oget_info2(dataset, &info, H5O_INFO_BASIC), "examining a dataset");
  std::vector<std::string> dimensions;
  for (unsigned axis = 0; axis < rank; ++axis) {
    const auto found = axes.find({info.addr, axis});
    if (found == axes.end()) throw Hdf5Failure(fmt::format("axis {} of '{}' has no dimension", axis, name));
    dimensions.push_back(found->second);
  }
  return dimensions;
}

StoredVariable describe(hid_t dataset, const std::string& name, const AxisNames& axes) {
  const Type type(check(H5Dget_type(dataset), "examining a dataset"));
  StoredVariable variable;
  variable.name = name;
  variable.type = type_name(type.get());
  variable.shape = signed_lengths(extents_of(dataset));
  variable.dimensions = dimensions_of(dataset, name, variable.shape.size(), axes);
  variable.chunks = chunks_of(dataset, variable.shape.size());
  variable.units = read_text_attribute(dataset, "units").value_or("");
  variable.long_name = read_text_attribute(dataset, "long_name").value_or("");
  variable.stored_bytes = H5Dget_storage_size(dataset);
  return variable;
}

bool written_by_us(hid_t file) {
  const std::string properties = read_text_attribute(file, "_NCProperties").value_or("");
  const std::string source = read_text_attribute(file, "source").value_or("");  // survives nccopy
  return properties.find("tempsweep=") != std::string::npos || source.starts_with("tempsweep");
}

// Visits the datasets of the root group; anything else there is not ours.
template <typename Visit>
void for_each_dataset(hid_t file, const std::vector<std::string>& names, Visit visit) {
  for (const std::string& name : names) {
    const Object object(check(H5Oopen(file, name.c_str(), H5P_DEFAULT), "opening a variable"));
    if (H5Iget_type(object.get()) == H5I_DATASET) visit(object.get(), name);
  }
}

StoredResult describe_file(const std::string& path) {
  const File file = open_result(path);
  if (!written_by_us(file.get())) throw InputError(fmt::format("{} was not written by tempsweep", path));
  StoredResult result;
  result.attributes = read_attributes(file.get());
  std::erase_if(result.attributes, [](const auto& attribute) { return attribute.first == "_NCProperties"; });
  const std::vector<std::string> names = link_names(file.get());
  AxisNames axes;
  for_each_dataset(file.get(), names, [&](hid_t dataset, const std::string& name) {
    if (!is_scale(dataset)) return;
    collect_axes(dataset, name, axes);
    result.dimensions.push_back({name, signed_lengths(extents_of(dataset)).front()});
  });
  for_each_dataset(file.get(), names, [&](hid_t dataset, const std::string& name) {
    if (!is_scale(dataset) || !is_bare_scale(dataset))
      result.variables.push_back(describe(dataset, name, axes));
  });
  return result;
}

}  // namespace
}  // namespace io

StoredResult describe_result_file(const std::string& path) {
  return io::reading(path, [&] { return io::describe_file(path); });
}

}  // namespace tempsweep
