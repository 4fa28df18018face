// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tempsweep::bench {

/// Registers the loops of the direct method on one thread, each on the best instruction set here and, where
/// that is another, on AVX2: sums by every path, probabilities by both ways.
void register_paths();

}  // namespace tempsweep::bench
