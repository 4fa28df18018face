// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/result_file.hpp"

void create(const tempsweep::Schema& schema) {
#ifndef MUST_FAIL
  const auto sink =
#endif
      tempsweep::create_result_file("a.h5", schema, tempsweep::Compression::none, false);
}
