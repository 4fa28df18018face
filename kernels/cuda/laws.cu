// SPDX-License-Identifier: Apache-2.0
#include "kernels/body/laws.hpp"
#include "kernels/cuda/launch.cuh"

namespace tempsweep::kernels {

template Status launch_on_card(const MakeLaws&, Stream);
template Status launch_on_card(const UnitReferences&, Stream);
template Status launch_on_card(const EvaluateMetrics&, Stream);
template Status launch_on_card(const EvaluateRenyi&, Stream);

}  // namespace tempsweep::kernels
