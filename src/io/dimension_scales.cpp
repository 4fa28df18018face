// SPDX-License-Identifier: Apache-2.0
#include "io/dimension_scales.hpp"

#include <string_view>

#include <fmt/format.h>
#include <hdf5_hl.h>

#include "io/hdf5/attributes.hpp"
#include "io/hdf5/library.hpp"

namespace tempsweep::io {
namespace {

// netCDF-4 knows a dimension without variable by this text and a width of ten for its length.
constexpr std::string_view bare_mark = "This is a netCDF dimension but not a netCDF variable.";

constexpr const char* back_references = "REFERENCE_LIST";

}  // namespace

void make_scale(hid_t dataset, const Dimension& dimension, int number, bool bare) {
  const std::string name = bare ? fmt::format("{}{:10d}", bare_mark, dimension.size) : dimension.name;
  check(H5DSset_scale(dataset, name.c_str()), "making a dimension scale");
  write_int32_attribute(dataset, "_Netcdf4Dimid", number);
}

void attach_scales(hid_t dataset, const std::vector<hid_t>& scales) {
  unsigned axis = 0;
  for (const hid_t scale : scales)
    check(H5DSattach_scale(dataset, scale, axis++), "attaching a dimension scale");
}

void collect_axes(hid_t scale, const std::string& name, AxisNames& axes) {
  if (check(H5Aexists(scale, back_references), "examining a scale") == 0) return;
  struct Entry {
    hobj_ref_t dataset;
    unsigned axis;
  };
  const Type type(check(H5Tcreate(H5T_COMPOUND, sizeof(Entry)), "examining a scale"));
  check(H5Tinsert(type.get(), "dataset", HOFFSET(Entry, dataset), H5T_STD_REF_OBJ), "examining a scale");
  check(H5Tinsert(type.get(), "dimension", HOFFSET(Entry, axis), H5T_NATIVE_UINT), "examining a scale");
  const Attribute attribute(check(H5Aopen(scale, back_references, H5P_DEFAULT), "examining a scale"));
  const Space space(check(H5Aget_space(attribute.get()), "examining a scale"));
  const hssize_t count = check(H5Sget_simple_extent_npoints(space.get()), "examining a scale");
  constexpr hssize_t most = 1'000'000;
  if (count > most) throw Hdf5Failure(fmt::format("dimension '{}' claims {} uses", name, count));
  std::vector<Entry> entries(static_cast<std::size_t>(count));
  check(H5Aread(attribute.get(), type.get(), entries.data()), "reading a scale");
  for (const Entry& entry : entries) axes[{entry.dataset, entry.axis}] = name;
}

bool is_scale(hid_t dataset) {
  if (check(H5DSis_scale(dataset), "examining a dataset") == 0) return false;
  const Space space(check(H5Dget_space(dataset), "examining a dataset"));
  return check(H5Sget_simple_extent_ndims(space.get()), "examining a dataset") == 1;
}

bool is_bare_scale(hid_t dataset) {
  const auto name = read_text_attribute(dataset, "NAME");
  return name && name->starts_with(bare_mark);
}

}  // namespace tempsweep::io
