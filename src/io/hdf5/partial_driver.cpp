// SPDX-License-Identifier: Apache-2.0
// A virtual file driver of HDF5 over PartialFile. HDF5's own driver reports a full disk from wherever its
// caches happen to be flushed (some of it from nowhere, some while closing, where 1.10 is left with dangling
// handles); this one keeps the first errno for us and lets HDF5 close in peace.
#include "io/hdf5/partial_driver.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <limits>
#include <new>

#if H5_VERSION_GE(1, 13, 0)
#include <H5FDdevelop.h>
#endif

#include "io/hdf5/library.hpp"
#include "io/partial_file.hpp"

namespace tempsweep::io {
namespace {

struct Driver {
  H5FD_t base;  // first: HDF5 sees this part
  PartialFile* file;
  haddr_t end_of_allocation;
};

constexpr haddr_t largest_address = static_cast<haddr_t>(std::numeric_limits<std::ptrdiff_t>::max());

Driver* driver(H5FD_t* base) {
  return reinterpret_cast<Driver*>(base);
}
const Driver* driver(const H5FD_t* base) {
  return reinterpret_cast<const Driver*>(base);
}

H5FD_t* open_driver(const char* /*name*/, unsigned /*flags*/, hid_t access_list, haddr_t /*largest*/) {
  const auto* file = static_cast<PartialFile* const*>(H5Pget_driver_info(access_list));
  if (file == nullptr) return nullptr;
  auto* opened = new (std::nothrow) Driver{};  // NOLINT(*-owning-memory): HDF5 owns it
  if (opened == nullptr) return nullptr;
  opened->file = *file;
  return &opened->base;
}

herr_t close_driver(H5FD_t* base) {
  // The PartialFile stays: it is synced and renamed after HDF5 has let go.
  delete driver(base);  // NOLINT(*-owning-memory)
  return 0;
}

int compare(const H5FD_t* left, const H5FD_t* right) {
  const PartialFile* a = driver(left)->file;
  const PartialFile* b = driver(right)->file;
  return a == b ? 0 : (std::less<>{}(a, b) ? -1 : 1);
}

herr_t query(const H5FD_t* /*base*/, unsigned long* flags) {
  *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
           H5FD_FEAT_AGGREGATE_SMALLDATA | H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
  return 0;
}

haddr_t end_of_allocation(const H5FD_t* base, H5FD_mem_t /*kind*/) {
  return driver(base)->end_of_allocation;
}

herr_t set_end_of_allocation(H5FD_t* base, H5FD_mem_t /*kind*/, haddr_t address) {
  driver(base)->end_of_allocation = address;
  return 0;
}

haddr_t end_of_file(const H5FD_t* base, H5FD_mem_t /*kind*/) {
  return driver(base)->file->size();
}

herr_t get_handle(H5FD_t* base, hid_t /*access_list*/, void** handle) {
  // NOLINTNEXTLINE(*-const-cast): the interface of HDF5
  *handle = const_cast<int*>(driver(base)->file->descriptor());
  return 0;
}

herr_t read(H5FD_t* base, H5FD_mem_t /*kind*/, hid_t /*transfer*/, haddr_t at, std::size_t size, void* data) {
  driver(base)->file->read_at(at, static_cast<std::byte*>(data), size);
  return 0;
}

herr_t write(H5FD_t* base, H5FD_mem_t /*kind*/, hid_t /*transfer*/, haddr_t at, std::size_t size,
             const void* data) {
  driver(base)->file->write_at(at, static_cast<const std::byte*>(data), size);
  return 0;
}

herr_t truncate(H5FD_t* base, hid_t /*transfer*/, hbool_t /*closing*/) {
  Driver* self = driver(base);
  if (self->file->size() != self->end_of_allocation) self->file->resize(self->end_of_allocation);
  return 0;
}

hid_t register_driver() {
  static H5FD_class_t description{};
  description.name = "tempsweep";
#if H5_VERSION_GE(1, 13, 2)
  description.version = H5FD_CLASS_VERSION;
  description.value = static_cast<H5FD_class_value_t>(517);  // in the range HDF5 leaves to test drivers
#endif
  description.maxaddr = largest_address;
  description.fc_degree = H5F_CLOSE_SEMI;
  description.fapl_size = sizeof(PartialFile*);  // NOLINT(bugprone-sizeof-expression)
  description.open = open_driver;
  description.close = close_driver;
  description.cmp = compare;
  description.query = query;
  description.get_eoa = end_of_allocation;
  description.set_eoa = set_end_of_allocation;
  description.get_eof = end_of_file;
  description.get_handle = get_handle;
  description.read = read;
  description.write = write;
  description.truncate = truncate;
  constexpr H5FD_mem_t free_lists[] =
      H5FD_FLMAP_DICHOTOMY;  // metadata apart from data, as HDF5's own driver has it
  std::copy(std::begin(free_lists), std::end(free_lists), description.fl_map);
  return check(H5FDregister(&description), "registering the file driver");
}

}  // namespace

void use_partial_file(hid_t access_list, PartialFile& file) {
  static const hid_t id = register_driver();
  PartialFile* const pointer = &file;
  check(H5Pset_driver(access_list, id, &pointer), "choosing the file driver");
}

}  // namespace tempsweep::io
