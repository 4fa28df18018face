// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/sink.hpp"

class Other : public tempsweep::Sink {
 public:
  Other() = default;
#ifdef MUST_FAIL
  Other(const Other& other) : Sink(other) {}
#endif
};
