// SPDX-License-Identifier: Apache-2.0
#include "io/read_support.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/errno_text.hpp"

namespace tempsweep::io {
namespace {

// Asked before HDF5 is, which would bury the errno; and a pipe would block it.
void check_regular_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0)
    throw InputError(fmt::format("cannot open {}: {}; check the path", path, errno_text(errno)));
  struct stat found {};
  const int result = ::fstat(descriptor, &found);
  ::close(descriptor);
  if (result == 0 && S_ISDIR(found.st_mode)) throw InputError(fmt::format("{} is a directory", path));
  if (result != 0 || !S_ISREG(found.st_mode)) throw InputError(fmt::format("{} is no regular file", path));
}

// \param why  what HDF5 said, fetched before any other call of it wipes that out; empty on success
File try_open(const std::string& path, bool locking, std::string& why) {
  const PropertyList access(check(H5Pcreate(H5P_FILE_ACCESS), "preparing to read"));
  check(H5Pset_fclose_degree(access.get(), H5F_CLOSE_SEMI), "preparing to read");
  check(H5Pset_file_locking(access.get(), locking, true), "preparing to read");
  File file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()));
  why = file.get() < 0 ? take_error_text() : "";
  return file;
}

bool mentions(const std::string& text, const char* words) {
  return text.find(words) != std::string::npos;
}

}  // namespace

File open_result(const std::string& path) {
  check_regular_file(path);
  start_library();
  std::string why;
  File file = try_open(path, true, why);
  const bool lock_failed = mentions(why, "unable to lock file");
  const bool lock_held = mentions(why, fmt::format("errno = {},", EAGAIN).c_str());
  if (lock_failed && lock_held) throw InputError(fmt::format("{} is being written by another program", path));
  if (lock_failed) file = try_open(path, false, why);  // a file system without locks
  if (file.get() >= 0) return file;
  if (mentions(why, "signature not found")) throw InputError(fmt::format("{} is no HDF5 file", path));
  if (mentions(why, "truncated file")) throw InputError(fmt::format("{} is cut short ({})", path, why));
  throw InputError(fmt::format("{} is damaged or was never finished ({})", path, why));
}

std::vector<std::uint64_t> extents_of(hid_t dataset) {
  const Space space(check(H5Dget_space(dataset), "examining a dataset"));
  const int rank = check(H5Sget_simple_extent_ndims(space.get()), "examining a dataset");
  std::vector<hsize_t> extents(static_cast<std::size_t>(rank));
  if (rank > 0) check(H5Sget_simple_extent_dims(space.get(), extents.data(), nullptr), "examining a dataset");
  return {extents.begin(), extents.end()};
}

}  // namespace tempsweep::io
