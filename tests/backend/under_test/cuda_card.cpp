// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include <gtest/gtest.h>

#include "backend/cuda/cuda_backend.hpp"
#include "support/backend_under_test.hpp"

namespace tempsweep::testing {
std::unique_ptr<Backend> make_backend_under_test(const Wanted& wanted, int threads) {
  return cuda::backend_entry().create(wanted, {threads, 0});
}

}  // namespace tempsweep::testing

/// Nothing is tested where no card answers, and that is no success.
int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  const std::string missing = tempsweep::cuda::backend_entry().unavailable();
  if (!missing.empty()) {
    std::printf("skipped: %s\n", missing.c_str());
    return 77;
  }
  return RUN_ALL_TESTS();
}
