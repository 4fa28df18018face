// SPDX-License-Identifier: Apache-2.0
#include "kernels/runtime.hpp"

/// Stands in for kernels/cuda where there is no CUDA compiler.
namespace tempsweep::kernels {

Runtime* card_runtime() {
  return nullptr;
}

}  // namespace tempsweep::kernels
