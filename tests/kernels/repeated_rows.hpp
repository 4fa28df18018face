// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

namespace tempsweep::testing {

/// A few rows again and again, as an array of many: one piece of memory, mapped over and over. What is
/// written to a row is seen in all its repetitions.
template <class T>
class RepeatedRows {
 public:
  /// \param piece  some rows, whole pages together  \param times  how often they stand there
  RepeatedRows(const std::vector<T>& piece, std::int64_t times)
      : piece_(piece.size()), count_(piece.size() * static_cast<std::size_t>(times)) {
    const std::size_t bytes = piece_ * sizeof(T);
    const int file = memfd_create("rows", 0);
    void* const room =
        mmap(nullptr, count_ * sizeof(T), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    const bool whole = bytes % static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) == 0;
    if (!whole || file < 0 || room == MAP_FAILED || ftruncate(file, static_cast<off_t>(bytes)) != 0) {
      throw std::runtime_error("no memory to map again and again");
    }
    data_ = static_cast<T*>(room);
    for (std::int64_t i = 0; i < times; ++i) {
      T* const at = data_ + static_cast<std::size_t>(i) * piece_;
      if (mmap(at, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0) == MAP_FAILED) {
        throw std::runtime_error("too many mappings");
      }
    }
    close(file);
    std::copy(piece.begin(), piece.end(), data_);
  }
  RepeatedRows(const RepeatedRows&) = delete;
  RepeatedRows& operator=(const RepeatedRows&) = delete;
  ~RepeatedRows() { munmap(data_, count_ * sizeof(T)); }

  [[nodiscard]] std::span<T> all() const { return {data_, count_}; }
  [[nodiscard]] std::vector<T> piece() const { return {data_, data_ + piece_}; }

 private:
  std::size_t piece_, count_;
  T* data_ = nullptr;
};

}  // namespace tempsweep::testing
