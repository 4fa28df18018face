// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "tempsweep/source.hpp"

namespace tempsweep {

// One opener per input format; each reads `path` and throws what open_source() promises.

[[nodiscard]] std::unique_ptr<Source> open_npy(const std::string& path);
[[nodiscard]] std::unique_ptr<Source> open_csv(const std::string& path);
[[nodiscard]] std::unique_ptr<Source> open_json(const std::string& path);

}  // namespace tempsweep
