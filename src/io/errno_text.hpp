// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cerrno>
#include <string>
#include <system_error>

namespace tempsweep::io {

/// `No space left on device`.
inline std::string errno_text(int error) {
  return std::generic_category().message(error);
}

/// What the user can do about a failed write; begins with "; ", or empty.
inline std::string advice(int error) {
  switch (error) {
    case ENOSPC:
      return "; free some space, choose another disk or store less";
    case EDQUOT:
      return "; free some of your quota or choose another disk";
    case EFBIG:
      return "; raise the limit on file sizes (ulimit -f) or choose another file system";
    default:
      return {};
  }
}

}  // namespace tempsweep::io
