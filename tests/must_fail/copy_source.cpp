// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/source.hpp"

class Other : public tempsweep::Source {
 public:
  Other() = default;
#ifdef MUST_FAIL
  Other(const Other& other) : Source(other) {}
#endif
};
