// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/samplers.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>
#include <vector>

#include "tempsweep/core/interrupt.hpp"
#include "tempsweep/math/alias_draw.hpp"
#include "tempsweep/math/inverse_draw.hpp"

#include "backend/cpu/multinomial_draw.hpp"
#include "backend/cpu/random_words.hpp"

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

/// Draws first … first + n − 1, first even: draw_counts of math/alias_draw.hpp with more memory in the
/// caches.
void count_alias(const PointStream& stream, std::uint64_t first, std::uint64_t n, const AliasTable& table,
                 std::uint32_t* counts) {
  std::uint64_t words[batch_words];
  for (std::uint64_t done = 0; done < n; done += batch_words) {
    const std::uint64_t count = std::min(batch_words, n - done);
    fill_words(stream, (first + done) / 2, (count + 1) / 2, words);
    alias_tokens(table, count, words);
    for (std::uint64_t k = 0; k < count; ++k) {
      ++counts[words[k]];
    }
  }
}

void draw_alias(const DrawRequest& request, SamplerScratch& scratch) {
  const AliasTable& table = scratch.alias_table;
  build_alias_table(request.weights, scratch.alias_scratch, scratch.alias_table);
  if (table.support == 1) {
    request.counts[table.last_supported] += request.samples;
    return;
  }
  std::vector<std::uint32_t>& counts = scratch.short_counts;
  in_parts(request.samples, draws_at_once, [&](std::uint64_t first, std::uint64_t n) {
    counts.assign(request.weights.size(), 0);
    count_alias(request.stream, first, n, table, counts.data());
    std::transform(counts.begin(), counts.end(), request.counts.begin(), request.counts.begin(),
                   std::plus<>());
  });
}

void draw_inverse(const DrawRequest& request, SamplerScratch& scratch) {
  build_inverse_table(request.weights, scratch.alias_scratch, scratch.inverse_table);
  in_parts(request.samples, draws_at_once, [&](std::uint64_t first, std::uint64_t n) {
    draw_counts(request.stream, first, n, scratch.inverse_table, request.counts.data(), fill_words);
  });
}

void draw_gumbel(const DrawRequest& request, SamplerScratch& scratch) {
  build_race(request.weights, scratch.race);
  const std::uint64_t at_once = std::max<std::uint64_t>(1, draws_at_once / request.weights.size());
  in_parts(request.samples, at_once, [&](std::uint64_t first, std::uint64_t n) {
    draw_counts(request.stream, first, n, scratch.race, request.counts.data(), fill_words);
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
    CpuSampler{Sampler::alias, draw_alias,
               [](std::uint64_t tokens) { return alias_bytes(tokens) + tokens * sizeof(std::uint32_t); }},
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
