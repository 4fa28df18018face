// SPDX-License-Identifier: Apache-2.0
#include "source/input_file.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "tempsweep/core/errors.hpp"

namespace tempsweep {
namespace {

[[noreturn]] void refuse_open(const std::string& path, int error) {
  if (error == ENOENT || error == ENOTDIR) {
    throw InputError(fmt::format("{}: no such file; check the path", path));
  }
  if (error == EACCES || error == EPERM) {
    throw InputError(
        fmt::format("{}: no permission to read this file; check its mode (chmod) and folder", path));
  }
  throw InputError(fmt::format("{}: cannot be opened: {}", path, std::generic_category().message(error)));
}

}  // namespace

// O_NONBLOCK: opening a FIFO that nobody writes would hang before we could refuse it.
InputFile::InputFile(const std::string& path)
    : path_(path), descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
  if (descriptor_ < 0) refuse_open(path, errno);
  struct stat status {};
  std::string problem;
  if (::fstat(descriptor_, &status) != 0) {
    problem = fmt::format("cannot be examined: {}", std::generic_category().message(errno));
  } else if (S_ISDIR(status.st_mode)) {
    problem = "is a directory; name a file in it";
  } else if (!S_ISREG(status.st_mode)) {
    problem = "is not a regular file; pipes and devices are not supported, save the input to a file first";
  } else if (status.st_size == 0) {
    problem = "the file is empty";
  }
  if (!problem.empty()) {
    ::close(descriptor_);  // the destructor does not run when a constructor throws
    throw InputError(fmt::format("{}: {}", path, problem));
  }
  size_ = static_cast<std::uint64_t>(status.st_size);
  modified_ = status.st_mtim;
}

InputFile::~InputFile() {
  ::close(descriptor_);
}

std::uint64_t InputFile::read_some(std::uint64_t offset, void* destination, std::uint64_t bytes) const {
  constexpr std::uint64_t longest = 1U << 30U;  // Linux takes at most 2 GiB − 4 KiB in one call
  auto* const target = static_cast<std::byte*>(destination);
  std::uint64_t done = 0;
  while (done < bytes) {
    const ::ssize_t got = ::pread(descriptor_, target + done, std::min(bytes - done, longest),
                                  static_cast<::off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      throw FileError(fmt::format("{}: cannot be read at byte {}: {}", path_, offset + done,
                                  std::generic_category().message(errno)));
    }
    if (got == 0) break;
    done += static_cast<std::uint64_t>(got);
  }
  return done;
}

void InputFile::read_at(std::uint64_t offset, void* destination, std::uint64_t bytes) const {
  const std::uint64_t got = read_some(offset, destination, bytes);
  if (got == bytes) return;
  throw InputError(fmt::format(
      "{}: the file ends at byte {}, {} bytes too early: it was cut short while it was being read", path_,
      offset + got, bytes - got));
}

void InputFile::require_unchanged() const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) {
    throw FileError(fmt::format("{}: cannot be examined: {}", path_, std::generic_category().message(errno)));
  }
  const bool same = static_cast<std::uint64_t>(status.st_size) == size_ &&
                    status.st_mtim.tv_sec == modified_.tv_sec && status.st_mtim.tv_nsec == modified_.tv_nsec;
  if (!same) {
    throw InputError(
        fmt::format("{}: the file changed while it was being read (it had {} bytes, now {}); "
                    "start again when nothing writes to it",
                    path_, size_, static_cast<std::uint64_t>(status.st_size)));
  }
}

}  // namespace tempsweep
