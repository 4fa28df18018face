// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <sys/stat.h>

namespace tempsweep {

/// A regular file open for reading, by position; owns its descriptor.
///
/// Never mapped: mapped pages would count against the memory budget of the run, and a file that shrinks under
/// a map is a SIGBUS instead of a message.
class InputFile {
 public:
  /// \throws InputError: missing, a directory, not a regular file, no permission, empty; each said apart.
  explicit InputFile(const std::string& path);
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;
  ~InputFile();

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  /// Size when it was opened.
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

  /// Fills `destination` with the `bytes` bytes at `offset`.
  /// \throws InputError when the file ends before; FileError when the system cannot read it.
  void read_at(std::uint64_t offset, void* destination, std::uint64_t bytes) const;

  /// At most `bytes` bytes at `offset`; fewer at the end of the file only. \throws FileError
  [[nodiscard]] std::uint64_t read_some(std::uint64_t offset, void* destination, std::uint64_t bytes) const;

  /// \throws InputError when size or time of modification are no longer those of the opening.
  void require_unchanged() const;

 private:
  std::string path_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
  struct timespec modified_ {};
};

}  // namespace tempsweep
