// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tempsweep/core/sampling.hpp"
#include "tempsweep/math/alias_table.hpp"
#include "tempsweep/math/draw_address.hpp"
#include "tempsweep/math/gumbel_draw.hpp"
#include "tempsweep/math/inverse_table.hpp"

namespace tempsweep::cpu {

/// What one point's draws are made from and go to.
struct DrawRequest {
  std::span<const double> weights;  ///< [V] table_weight of each token, 0 where the truncation cut it off
  PointStream stream;               ///< of the sampler's purpose
  std::uint64_t samples;
  std::span<std::uint64_t> counts;  ///< [V], added to
};

/// What a thread keeps between points.
struct SamplerScratch {
  AliasScratch alias_scratch;
  AliasTable alias_table;
  InverseTable inverse_table;
  Race race;
  std::vector<std::uint32_t> short_counts;  ///< of a part of the draws: half the memory to hit
};

/// A sampler of this backend. A new one is a line in samplers.cpp, and one of sampler_table.
struct CpuSampler {
  Sampler id;
  /// \throws Interrupted
  void (*draw)(const DrawRequest&, SamplerScratch&);
  std::uint64_t (*bytes)(std::uint64_t tokens);  ///< of the scratch, for a vocabulary
};

/// null where this backend does not have it.
[[nodiscard]] const CpuSampler* find_sampler(Sampler sampler);

}  // namespace tempsweep::cpu
