// SPDX-License-Identifier: Apache-2.0
#include "app/version.hpp"

#include "tempsweep_version.hpp"

namespace tempsweep::app {

std::string version() {
  return TEMPSWEEP_VERSION;
}

std::string version_and_commit() {
  const std::string commit = TEMPSWEEP_COMMIT;
  return "tempsweep " + version() + (commit.empty() ? "" : " (" + commit + ")");
}

}  // namespace tempsweep::app
