// SPDX-License-Identifier: Apache-2.0
#include "io/hdf5/library.hpp"

#include <mutex>

#include <fmt/format.h>
#include <hdf5.h>

namespace tempsweep::io {
namespace {

std::string one_line(std::string text) {
  for (char& letter : text) {
    if (letter == '\n' || letter == '\r' || letter == '\t') letter = ' ';
  }
  return text;
}

// Walked from the innermost call outwards: the first entry is the cause, the rest is who asked for it.
herr_t keep_innermost(unsigned depth, const H5E_error2_t* entry, void* text) {
  if (depth == 0 && entry->desc != nullptr) *static_cast<std::string*>(text) = one_line(entry->desc);
  return 0;
}

}  // namespace

void start_library() {
  static std::once_flag once;
  std::call_once(once, [] {
    // Negative when another part of the process (a binding) was first: then it is too late, and no reason to
    // stop.
    static_cast<void>(H5dont_atexit());
    check(H5open(), "starting the HDF5 library");
    check(H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr), "silencing the HDF5 library");
  });
}

std::string take_error_text() {
  std::string text;
  static_cast<void>(H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_innermost, &text));
  static_cast<void>(H5Eclear2(H5E_DEFAULT));
  return text;
}

void fail(const std::string& doing) {
  const std::string why = take_error_text();
  throw Hdf5Failure(why.empty() ? doing : fmt::format("{}: {}", doing, why));
}

}  // namespace tempsweep::io
