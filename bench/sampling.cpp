// SPDX-License-Identifier: Apache-2.0
// The samplers on normal logits at T = 1: weights, table, words, draws.
#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include <benchmark/benchmark.h>

#include "tempsweep/math/alias_draw.hpp"

#include "backend/cpu/kernels.hpp"
#include "backend/cpu/random_words.hpp"
#include "backend/cpu/samplers.hpp"

namespace tempsweep::bench {
namespace {

constexpr std::size_t vocabulary = 32000;

std::vector<double> normal_weights(std::size_t tokens = vocabulary) {
  std::mt19937_64 engine(2);
  std::normal_distribution<double> normal(0, 3);
  std::vector<double> logits(tokens);
  for (double& logit : logits) {
    logit = normal(engine);
  }
  std::vector<double> weights(tokens);
  cpu::table_weights(logits.data(), std::ssize(logits), *std::max_element(logits.begin(), logits.end()), 1.0,
                     weights.data());
  return weights;
}

void report_per_token(benchmark::State& state) {
  using benchmark::Counter;
  state.counters["tokens_per_s"] =
      Counter(static_cast<double>(vocabulary), Counter::kIsIterationInvariantRate);
  state.counters["s_per_token"] =
      Counter(static_cast<double>(vocabulary), Counter::kIsIterationInvariantRate | Counter::kInvert);
}

void table_weights(benchmark::State& state) {
  std::vector<double> logits = normal_weights();
  std::vector<double> weights(vocabulary);
  for ([[maybe_unused]] auto _ : state) {
    cpu::table_weights(logits.data(), std::ssize(logits), 1.0, 1.5, weights.data());
    benchmark::DoNotOptimize(weights.data());
  }
  report_per_token(state);
}
BENCHMARK(table_weights)->Unit(benchmark::kMicrosecond);

void alias_build(benchmark::State& state) {
  const std::vector<double> weights = normal_weights();
  AliasScratch scratch;
  AliasTable table;
  for ([[maybe_unused]] auto _ : state) {
    build_alias_table(weights, scratch, table);
    benchmark::DoNotOptimize(table.entries.data());
  }
  report_per_token(state);
}
BENCHMARK(alias_build)->Unit(benchmark::kMicrosecond);

/// A sampler as the backend runs it, table included.
void draws(benchmark::State& state, Sampler sampler, std::size_t tokens, std::uint64_t samples) {
  const std::vector<double> weights = normal_weights(tokens);
  cpu::SamplerScratch scratch;
  std::vector<std::uint64_t> counts(tokens);
  std::uint64_t row = 0;
  for ([[maybe_unused]] auto _ : state) {
    const PointStream stream =
        point_stream(1, 1.0, static_cast<std::uint32_t>(tokens), sampler_facts(sampler).purpose, row++);
    cpu::find_sampler(sampler)->draw({weights, stream, samples, counts}, scratch);
    benchmark::DoNotOptimize(counts.data());
  }
  state.counters["draws_per_s"] =
      benchmark::Counter(static_cast<double>(samples), benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK_CAPTURE(draws, alias_draws, Sampler::alias, 32000, 20000000)
    ->Name("alias_draws")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(draws, alias_draws_128256, Sampler::alias, 128256, 20000000)
    ->Name("alias_draws_128256")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(draws, inverse_draws, Sampler::inverse, 32000, 20000000)
    ->Name("inverse_draws")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(draws, inverse_draws_128256, Sampler::inverse, 128256, 20000000)
    ->Name("inverse_draws_128256")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(draws, gumbel_draws, Sampler::gumbel, 32000, 1000)
    ->Name("gumbel_draws")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(draws, gumbel_draws_128256, Sampler::gumbel, 128256, 250)
    ->Name("gumbel_draws_128256")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(draws, multinomial_1e9, Sampler::multinomial, 32000, 1000000000)
    ->Name("multinomial_1e9")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(draws, multinomial_1e12, Sampler::multinomial, 32000, 1000000000000)
    ->Name("multinomial_1e12")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(draws, multinomial_1e9_128256, Sampler::multinomial, 128256, 1000000000)
    ->Name("multinomial_1e9_128256")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(draws, multinomial_1e12_128256, Sampler::multinomial, 128256, 1000000000000)
    ->Name("multinomial_1e12_128256")
    ->Unit(benchmark::kMillisecond);

void random_words(benchmark::State& state) {
  std::vector<std::uint64_t> out(4096);
  const PointStream stream = point_stream(1, 1.0, 1, Purpose::alias, 0);
  std::uint64_t first = 0;
  for ([[maybe_unused]] auto _ : state) {
    cpu::fill_words(stream, first += 2048, 2048, out.data());
    benchmark::DoNotOptimize(out.data());
  }
  state.counters["words_per_s"] = benchmark::Counter(4096, benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(random_words)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace tempsweep::bench
