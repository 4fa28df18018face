// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tempsweep::app {

/// `0.1.0`.
[[nodiscard]] std::string version();
/// `tempsweep 0.1.0 (commit)`; the commit is left out when the build knew of none.
[[nodiscard]] std::string version_and_commit();

}  // namespace tempsweep::app
