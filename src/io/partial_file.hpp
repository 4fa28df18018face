// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace tempsweep::io {

/// The file under construction, `path + ".partial"`: created exclusively, locked while it is open (so that a
/// second run can tell a live writer from a leftover), removed by the destructor unless publish() or keep()
/// succeeded.
///
/// Failures of the disk are kept, not reported call by call: the first one sets error(), and from then on
/// writes go nowhere and "succeed". HDF5 cannot retry a failed close and leaves freed objects in its tables
/// after one, so it is never shown a failure; whoever writes asks error() after each step.
class PartialFile {
 public:
  /// \throws FileError when the file cannot be created or `path` exists (without force), before any
  /// computing.
  PartialFile(std::string path, bool force);
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;
  ~PartialFile();

  void write_at(std::uint64_t offset, const std::byte* data, std::size_t size) noexcept;
  /// Beyond the end of the file reads as zeros.
  void read_at(std::uint64_t offset, std::byte* data, std::size_t size) noexcept;
  void resize(std::uint64_t size) noexcept;
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

  [[nodiscard]] int error() const noexcept { return error_; }
  /// \throws FileError "cannot write <what> to <partial>: <errno text>; …" when error() is set.
  void throw_if_failed(const std::string& what) const;

  /// Syncs the file, renames it to its final name and syncs the directory. \throws FileError
  void publish();

  /// Syncs the file as it is, which the destructor then leaves under its partial name. \throws FileError
  void keep();

  [[nodiscard]] bool published() const noexcept { return published_; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] const std::string& partial_path() const noexcept { return partial_path_; }
  [[nodiscard]] const int* descriptor() const noexcept { return &descriptor_; }

 private:
  void check_target() const;
  void create();
  void remove_leftover() const;
  void lock() noexcept;
  void rename_to_target();
  void fail(int error) noexcept;
  [[nodiscard]] bool still_ours() const noexcept;

  std::string path_;
  std::string partial_path_;
  bool force_;
  int descriptor_ = -1;
  int error_ = 0;
  bool keep_ = false;
  bool published_ = false;
  std::uint64_t size_ = 0;
};

}  // namespace tempsweep::io
