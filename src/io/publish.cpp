// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tempsweep/core/errors.hpp"

#include "io/errno_text.hpp"
#include "io/partial_file.hpp"

namespace tempsweep::io {
namespace {

// Without this the new name may be lost in a power cut although the data are safe. Not every file system can
// sync a directory (EINVAL), and the result is complete by now: nothing to stop for.
void sync_folder_of(const std::string& path) noexcept {
  std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (folder.empty()) folder = ".";
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  static_cast<void>(::fsync(descriptor));
  ::close(descriptor);
}

}  // namespace

bool PartialFile::still_ours() const noexcept {
  struct stat named {};
  struct stat opened {};
  return descriptor_ >= 0 && ::lstat(partial_path_.c_str(), &named) == 0 &&
         ::fstat(descriptor_, &opened) == 0 && named.st_ino == opened.st_ino && named.st_dev == opened.st_dev;
}

void PartialFile::keep() {
  if (::fsync(descriptor_) != 0) fail(errno);
  throw_if_failed("the result");
  keep_ = true;
}

void PartialFile::publish() {
  throw_if_failed("the result");
  if (::fsync(descriptor_) != 0) fail(errno);
  throw_if_failed("the result");
  if (!still_ours()) {
    throw FileError(
        fmt::format("{} was removed or replaced during the run; the result is lost", partial_path_));
  }
  keep_ = true;  // synced and complete: too much to throw away, even when the renaming fails
  rename_to_target();
  published_ = true;
  ::close(std::exchange(descriptor_, -1));  // and with it the lock
  sync_folder_of(path_);
}

void PartialFile::rename_to_target() {
  const char* from = partial_path_.c_str();
  const char* to = path_.c_str();
  int result = ::renameat2(AT_FDCWD, from, AT_FDCWD, to, force_ ? 0U : RENAME_NOREPLACE);
  if (result != 0 && (errno == EINVAL || errno == ENOSYS)) {  // a file system without RENAME_NOREPLACE
    const bool taken = !force_ && ::access(to, F_OK) == 0;
    errno = EEXIST;
    result = taken ? -1 : ::rename(from, to);
  }
  if (result == 0) return;
  const int error = errno;
  ::close(std::exchange(descriptor_, -1));
  throw FileError(fmt::format("cannot rename {} to {}: {}; the complete result stays in {}", partial_path_,
                              path_, errno_text(error), partial_path_));
}

}  // namespace tempsweep::io
