// SPDX-License-Identifier: Apache-2.0
#include "backend/cuda/cuda_backend.hpp"
#include "support/backend_under_test.hpp"

namespace tempsweep::testing {

std::unique_ptr<Backend> make_backend_under_test(const Wanted& wanted, int threads) {
  Wanted by_method = wanted;
  by_method.method = Method::interpolation;
  return cuda::host_backend_entry().create(by_method, {threads, 0});
}

}  // namespace tempsweep::testing
