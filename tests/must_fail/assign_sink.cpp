// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/sink.hpp"

void replace([[maybe_unused]] tempsweep::Sink& to, [[maybe_unused]] const tempsweep::Sink& from) {
#ifdef MUST_FAIL
  to = from;
#endif
}
