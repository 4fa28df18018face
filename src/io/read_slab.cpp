// SPDX-License-Identifier: Apache-2.0
#include <new>
#include <stdexcept>

#include <unistd.h>

#include "tempsweep/result_file.hpp"

#include "io/hdf5/types.hpp"
#include "io/read_support.hpp"

namespace tempsweep {
namespace io {
namespace {

std::vector<hsize_t> unsigned_lengths(const std::vector<std::int64_t>& lengths) {
  return {lengths.begin(), lengths.end()};
}

// The extents come from the file and may lie; memory is only asked for after this.
std::uint64_t elements_of(const Slab& slab, const std::vector<std::uint64_t>& extents,
                          const std::string& what) {
  if (slab.start.size() != extents.size() || slab.count.size() != extents.size()) {
    throw InputError(fmt::format("{} has {} axes", what, extents.size()));
  }
  const auto pages = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES));
  const std::uint64_t most = pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGE_SIZE)) / sizeof(double);
  std::uint64_t elements = 1;
  bool empty = false;
  for (std::size_t i = 0; i < extents.size(); ++i) {
    const auto start = static_cast<std::uint64_t>(slab.start[i]);
    const auto count = static_cast<std::uint64_t>(slab.count[i]);
    if (slab.start[i] < 0 || slab.count[i] < 0 || start > extents[i] || count > extents[i] - start) {
      throw InputError(fmt::format("{}: {} + {} does not fit axis {} of length {}", what, slab.start[i],
                                   slab.count[i], i, extents[i]));
    }
    empty = empty || count == 0;
    if (count > 0 && elements > most / count)
      throw MemoryError(fmt::format("{}: the slab exceeds the memory", what));
    elements *= count > 0 ? count : 1;
  }
  return empty ? 0 : elements;
}

void check_number(hid_t dataset, const std::string& what) {
  const Type type(check(H5Dget_type(dataset), "examining a dataset"));
  const H5T_class_t kind = H5Tget_class(type.get());
  if (kind != H5T_FLOAT && kind != H5T_INTEGER) throw InputError(fmt::format("{} holds no numbers", what));
}

std::vector<double> read_elements(hid_t dataset, const Slab& slab, std::uint64_t elements) {
  std::vector<double> values(static_cast<std::size_t>(elements));
  const Space source(check(H5Dget_space(dataset), "examining a dataset"));
  const std::vector<hsize_t> start = unsigned_lengths(slab.start);
  const std::vector<hsize_t> count = unsigned_lengths(slab.count);
  if (!count.empty()) {
    check(H5Sselect_hyperslab(source.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr),
          "selecting a slab");
  }
  const hsize_t length = elements;
  const Space memory(check(H5Screate_simple(1, &length, nullptr), "selecting a slab"));
  check(H5Dread(dataset, H5T_NATIVE_DOUBLE, memory.get(), source.get(), H5P_DEFAULT, values.data()),
        "reading");
  return values;
}

std::vector<double> read_slab(const std::string& path, const std::string& variable, const Slab& slab) {
  const File file = open_result(path);
  const std::string what = fmt::format("variable '{}' of {}", variable, path);
  const bool named = !variable.empty() && variable.find('/') == std::string::npos && variable != ".";
  if (!named || check(H5Lexists(file.get(), variable.c_str(), H5P_DEFAULT), "looking for a variable") == 0) {
    throw InputError(fmt::format("{} has no variable '{}'", path, variable));
  }
  const Object object(check(H5Oopen(file.get(), variable.c_str(), H5P_DEFAULT), "opening a variable"));
  if (H5Iget_type(object.get()) != H5I_DATASET) throw InputError(fmt::format("{} is no array", what));
  check_number(object.get(), what);
  const std::uint64_t elements = elements_of(slab, extents_of(object.get()), what);
  if (elements == 0) return {};
  try {
    return read_elements(object.get(), slab, elements);
  } catch (const std::bad_alloc&) {
    throw MemoryError(fmt::format("{}: no memory for {} numbers", what, elements));
  }
}

}  // namespace
}  // namespace io

std::vector<double> read_result_slab(const std::string& path, const std::string& variable, const Slab& slab) {
  return io::reading(path, [&] { return io::read_slab(path, variable, slab); });
}

}  // namespace tempsweep
