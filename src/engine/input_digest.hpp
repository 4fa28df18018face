// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>
#include <string>
#include <vector>

namespace tempsweep {

/// The SHA-256, in hex, over the SHA-256s of the 64 MiB pieces of the files' bytes. Pieces start anew with
/// each file. Empty for no files, and when `stop` is requested. Reads sequentially with one small buffer.
/// \throws FileError when a file cannot be read.
[[nodiscard]] std::string input_digest(const std::vector<std::string>& files, const std::stop_token& stop);

}  // namespace tempsweep
