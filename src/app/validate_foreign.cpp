// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/core/errors.hpp"

#include "app/validate_forms.hpp"

namespace tempsweep::app {

int validate_foreign(const CommandLine& /*line*/) {
  throw InputError(
      "validate: somebody else's draws are not part of this version; give a result of tempsweep sweep");
}

}  // namespace tempsweep::app
