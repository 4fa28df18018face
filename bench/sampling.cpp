// SPDX-License-Identifier: Apache-2.0
// The alias sampler on V = 32 000 normal logits at T = 1: weights, table, draws.
#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include <benchmark/benchmark.h>

#include "tempsweep/math/alias_draw.hpp"

#include "backend/cpu/kernels.hpp"

namespace tempsweep::bench {
namespace {

constexpr std::size_t vocabulary = 32000;

std::vector<double> normal_weights() {
  std::mt19937_64 engine(2);
  std::normal_distribution<double> normal(0, 3);
  std::vector<double> logits(vocabulary);
  for (double& logit : logits) {
    logit = normal(engine);
  }
  std::vector<double> weights(vocabulary);
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

void alias_draws(benchmark::State& state) {
  constexpr std::uint64_t draws = 1000000;
  AliasScratch scratch;
  AliasTable table;
  build_alias_table(normal_weights(), scratch, table);
  std::vector<std::uint64_t> counts(vocabulary);
  std::uint64_t row = 0;
  for ([[maybe_unused]] auto _ : state) {
    draw_counts(point_stream(1, 1.0, vocabulary, Purpose::alias, row++), draws, table, counts.data());
    benchmark::DoNotOptimize(counts.data());
  }
  state.counters["draws_per_s"] =
      benchmark::Counter(static_cast<double>(draws), benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(alias_draws)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tempsweep::bench
