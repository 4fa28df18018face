// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <string_view>

#include <gtest/gtest.h>

#include "backend/cuda/cuda_backend.hpp"
#include "support/backend_under_test.hpp"

namespace tempsweep::testing {
namespace {

Method chosen = Method::direct;

}  // namespace

std::unique_ptr<Backend> make_backend_under_test(const Wanted& wanted, int threads) {
  Wanted by_method = wanted;
  by_method.method = chosen;
  return cuda::backend_entry().create(by_method, {threads, 0});
}

/// `--method NAME`
bool take_options(int argc, char** argv) {
  if (argc != 3 || std::string_view(argv[1]) != "--method") {
    return argc == 1;
  }
  const auto found = std::find(method_names.begin(), method_names.end(), std::string_view(argv[2]));
  chosen = static_cast<Method>(found - method_names.begin());
  return found != method_names.end();
}

}  // namespace tempsweep::testing

/// Nothing is tested where no card answers, and that is no success.
int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  if (!tempsweep::testing::take_options(argc, argv)) {
    std::fprintf(stderr, "backend_cuda_test: [--method auto|direct|expansion|interpolation]\n");
    return 2;
  }
  const std::string missing = tempsweep::cuda::backend_entry().unavailable();
  if (!missing.empty()) {
    std::printf("skipped: %s\n", missing.c_str());
    return 77;
  }
  return RUN_ALL_TESTS();
}
