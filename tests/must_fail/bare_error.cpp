// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/core/errors.hpp"

// An error without an exit status would leave the program without one.
void stop() {
#ifdef MUST_FAIL
  throw tempsweep::Error("something went wrong");
#else
  throw tempsweep::InputError("something went wrong");
#endif
}
