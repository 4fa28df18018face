// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "tempsweep/math/multinomial.hpp"

namespace tempsweep::cpu {

/// Adds all n draws of the stream to counts[V], as multinomial_counts does and with its bits, but with fused
/// multiply-adds as instructions where this machine has them, which otherwise are library calls.
void add_multinomial_counts(const MultinomialLaw& law, const PointStream& stream, std::uint64_t n,
                            std::span<std::uint64_t> counts);

}  // namespace tempsweep::cpu
