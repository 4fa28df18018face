// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <stdexcept>
#include <string>

namespace tempsweep::io {

/// A failed HDF5 call inside src/io. The public functions turn it into a FileError (writing) or an InputError
/// (reading) that names the file; it never leaves this folder.
class Hdf5Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Must come before any other HDF5 call of the process: no exit handler (it crashes after a failed flush), no
/// printing of error stacks. Cheap when repeated.
void start_library();

/// What HDF5 says about its last failure, on one line and innermost call first; clears the stack.
[[nodiscard]] std::string take_error_text();

[[noreturn]] void fail(const std::string& doing);

/// Passes a result of HDF5 through. \throws Hdf5Failure "<doing>: <HDF5's words>" when it is negative.
template <std::signed_integral Result>
Result check(Result result, const char* doing) {
  if (result < 0) fail(doing);
  return result;
}

}  // namespace tempsweep::io
