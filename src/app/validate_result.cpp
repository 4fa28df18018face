// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/core/errors.hpp"

#include "app/validate_forms.hpp"

namespace tempsweep::app {

int validate_result(const CommandLine& /*line*/) {
  throw InputError("validate: results are not part of this version");
}

}  // namespace tempsweep::app
