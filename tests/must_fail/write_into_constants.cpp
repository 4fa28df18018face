// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/backend.hpp"

#ifdef MUST_FAIL
using Results = const std::vector<double>;
#else
using Results = std::vector<double>;
#endif

void point_at(tempsweep::TileOutput& output, Results& results) {
  output.renyi_entropy = results;
}
