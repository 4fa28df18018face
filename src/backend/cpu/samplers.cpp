// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/samplers.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

#include "tempsweep/core/interrupt.hpp"
#include "tempsweep/math/alias_draw.hpp"
#include "tempsweep/math/inverse_draw.hpp"

#include "backend/cpu/multinomial_draw.hpp"

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

void draw_inverse(const DrawRequest& request, SamplerScratch& scratch) {
  build_inverse_table(request.weights, scratch.alias_scratch, scratch.inverse_table);
  in_parts(request.samples, draws_at_once, [&](std::uint64_t first, std::uint64_t n) {
    draw_counts(request.stream, first, n, scratch.inverse_table, request.counts.data());
  });
}

void draw_gumbel(const DrawRequest& request, SamplerScratch& scratch) {
  build_race(request.weights, scratch.race);
  const std::uint64_t at_once = std::max<std::uint64_t>(1, draws_at_once / request.weights.size());
  in_parts(request.samples, at_once, [&](std::uint64_t first, std::uint64_t n) {
    draw_counts(request.stream, first, n, scratch.race, request.counts.data());
  });
}

std::uint64_t race_bytes(std::uint64_t tokens) {
  return tokens * sizeof(double);
}

/// Counts without draws; the running sums take the place of the integer weights.
void draw_multinomial(const DrawRequest& request, SamplerScratch& scratch) {
  throw_if_interrupted();
  std::vector<std::uint64_t>& sums = scratch.alias_table.weights;
  build_integer_law(request.weights, scratch.alias_scratch, scratch.alias_table);
  std::partial_sum(sums.begin(), sums.end(), sums.begin());
  add_multinomial_counts({sums.data(), sums.size()}, request.stream, request.samples, request.counts);
}

constexpr std::array samplers = {
    CpuSampler{Sampler::alias, draw_alias, alias_bytes},
    CpuSampler{Sampler::inverse, draw_inverse, inverse_bytes},
    CpuSampler{Sampler::gumbel, draw_gumbel, race_bytes},
    CpuSampler{Sampler::multinomial, draw_multinomial, law_bytes},
};

}  // namespace

const CpuSampler* find_sampler(Sampler sampler) {
  const auto* const found = std::find_if(samplers.begin(), samplers.end(),
                                         [&](const CpuSampler& entry) { return entry.id == sampler; });
  return found == samplers.end() ? nullptr : found;
}

}  // namespace tempsweep::cpu
