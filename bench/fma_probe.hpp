// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tempsweep::bench {

/// Fused multiply-adds of four doubles that one core does in a second now, by a loop of nothing else; best of
/// a few tries of about a millisecond. 0 where there is no AVX2 with FMA. The clock of a shared machine
/// moves: measure beside what is compared, not once for all.
[[nodiscard]] double vector_fma_rate();

}  // namespace tempsweep::bench
