// SPDX-License-Identifier: Apache-2.0
#include "kernels/body/row_scan.hpp"
#include "kernels/cuda/launch.cuh"

namespace tempsweep::kernels {

template Status launch_on_card(const ScanRows&, Stream);
template Status launch_on_card(const MergeScans&, Stream);

}  // namespace tempsweep::kernels
