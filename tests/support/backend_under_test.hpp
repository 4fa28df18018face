// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "tempsweep/backend.hpp"

namespace tempsweep::testing {

/// The cases of tests/backend are one list for all backends: each test program links the list and one file of
/// tests/backend/under_test, which says what this makes.
[[nodiscard]] std::unique_ptr<Backend> make_backend_under_test(const Wanted& wanted, int threads);

}  // namespace tempsweep::testing
