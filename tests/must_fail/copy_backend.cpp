// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/backend.hpp"

class Other : public tempsweep::Backend {
 public:
  Other() = default;
#ifdef MUST_FAIL
  Other(const Other& other) : Backend(other) {}
#endif
};
