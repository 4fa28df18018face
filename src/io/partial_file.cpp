// SPDX-License-Identifier: Apache-2.0
#include "io/partial_file.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tempsweep/core/errors.hpp"

#include "io/errno_text.hpp"

namespace tempsweep::io {

PartialFile::PartialFile(std::string path, bool force)
    : path_(std::move(path)), partial_path_(path_ + ".partial"), force_(force) {
  check_target();
  create();
  lock();
}

PartialFile::~PartialFile() {
  if (!keep_ && still_ours()) ::unlink(partial_path_.c_str());
  if (descriptor_ >= 0) ::close(descriptor_);
}

void PartialFile::check_target() const {
  if (path_.empty()) throw FileError("the name of the output file is empty");
  struct stat found {};
  if (::stat(path_.c_str(), &found) == 0) {
    if (S_ISDIR(found.st_mode)) throw FileError(fmt::format("{} is a directory: name a file in it", path_));
    if (!S_ISREG(found.st_mode))
      throw FileError(fmt::format("{} is no regular file: choose another name", path_));
    if (!force_) throw FileError(fmt::format("{} exists: use --force to replace it, or another name", path_));
  }
  const std::filesystem::path folder = std::filesystem::path(path_).parent_path();
  if (folder.empty() || ::stat(folder.c_str(), &found) == 0) return;
  throw FileError(fmt::format("cannot create {}: {}: {}", path_, folder.string(), errno_text(errno)));
}

void PartialFile::create() {
  constexpr int flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC;
  constexpr mode_t everybody = 0666;  // less the umask
  descriptor_ = ::open(partial_path_.c_str(), flags, everybody);
  if (descriptor_ < 0 && errno == EEXIST) {
    remove_leftover();
    descriptor_ = ::open(partial_path_.c_str(), flags, everybody);
  }
  if (descriptor_ < 0) {
    throw FileError(fmt::format("cannot create {}: {}", partial_path_, errno_text(errno)));
  }
}

// A leftover is unlocked: the file must not be pulled from under a run that is still writing it.
void PartialFile::remove_leftover() const {
  const int leftover = ::open(partial_path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (leftover >= 0) {
    const bool busy = ::flock(leftover, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    ::close(leftover);
    if (busy) throw FileError(fmt::format("{} is being written by another run", partial_path_));
  }
  if (!force_) {
    throw FileError(
        fmt::format("{} exists: a stopped or killed run left in it what it had done "
                    "(see tempsweep info); keep it under another name, or drop it with --force",
                    partial_path_));
  }
  if (::unlink(partial_path_.c_str()) != 0 && errno != ENOENT) {
    throw FileError(fmt::format("cannot remove {}: {}", partial_path_, errno_text(errno)));
  }
}

// Some network file systems have no locks (ENOSYS, ENOLCK); O_EXCL alone then keeps two runs apart.
void PartialFile::lock() noexcept {  // NOLINT(readability-make-member-function-const): it changes the file
  static_cast<void>(::flock(descriptor_, LOCK_EX | LOCK_NB));
}

void PartialFile::fail(int error) noexcept {
  if (error_ == 0) error_ = error;
}

void PartialFile::write_at(std::uint64_t offset, const std::byte* data, std::size_t size) noexcept {
  size_ = std::max(size_, offset + size);
  while (size > 0 && error_ == 0) {
    const ssize_t written = ::pwrite(descriptor_, data, size, static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      fail(written < 0 ? errno : ENOSPC);
      return;
    }
    data += written;
    offset += static_cast<std::uint64_t>(written);
    size -= static_cast<std::size_t>(written);
  }
}

void PartialFile::read_at(std::uint64_t offset, std::byte* data, std::size_t size) noexcept {
  while (size > 0) {
    const ssize_t got = ::pread(descriptor_, data, size, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(errno);
    if (got <= 0) break;
    data += got;
    offset += static_cast<std::uint64_t>(got);
    size -= static_cast<std::size_t>(got);
  }
  std::fill_n(data, size, std::byte{0});
}

void PartialFile::resize(std::uint64_t size) noexcept {
  size_ = size;
  if (error_ == 0 && ::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) fail(errno);
}

void PartialFile::throw_if_failed(const std::string& what) const {
  if (error_ == 0) return;
  throw FileError(
      fmt::format("cannot write {} to {}: {}{}", what, partial_path_, errno_text(error_), advice(error_)));
}

}  // namespace tempsweep::io
