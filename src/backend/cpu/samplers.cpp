// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/samplers.hpp"

#include <algorithm>
#include <array>

#include "tempsweep/core/interrupt.hpp"
#include "tempsweep/math/alias_draw.hpp"

namespace tempsweep::cpu {
namespace {

/// Draws between two looks at the interrupt flag: a few tenths of a second.
constexpr std::uint64_t draws_at_once = std::uint64_t{1} << 25U;

/// Calls draw(first, n) for parts of the samples.
template <class Draw>
void in_parts(std::uint64_t samples, std::uint64_t at_once, const Draw& draw) {
  for (std::uint64_t first = 0; first < samples; first += at_once) {
    throw_if_interrupted();
    draw(first, std::min(at_once, samples - first));
  }
}

void draw_alias(const DrawRequest& request, SamplerScratch& scratch) {
  build_alias_table(request.weights, scratch.alias_scratch, scratch.alias_table);
  in_parts(request.samples, draws_at_once, [&](std::uint64_t first, std::uint64_t n) {
    draw_counts(request.stream, first, n, scratch.alias_table, request.counts.data());
  });
}

constexpr std::array samplers = {
    CpuSampler{Sampler::alias, draw_alias, alias_bytes},
};

}  // namespace

const CpuSampler* find_sampler(Sampler sampler) {
  const auto* const found = std::find_if(samplers.begin(), samplers.end(),
                                         [&](const CpuSampler& entry) { return entry.id == sampler; });
  return found == samplers.end() ? nullptr : found;
}

}  // namespace tempsweep::cpu
