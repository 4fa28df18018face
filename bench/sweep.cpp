// SPDX-License-Identifier: Apache-2.0
// The direct method: [64, 32000] normal logits × 64 temperatures, every metric.
//
// The bound. A vector of doubles in kernels-inl.hpp (row within the normal range, Σw² wanted, one pass)
// costs
//   Exp2        12 multiply-adds (2 for the argument, 10 for the polynomial), 1 subtraction
//   Accumulate  1 product, 2 multiply-adds, 2 additions
// so 15 operations for the multiply-add pipes, and 3 additions, which have pipes of their own on AMD's Zen
// and share them on Intel's cores: 18. `share_of_bound` is the rate against a fifteenth of the multiply-adds
// of doubles that a loop of nothing else does on the same instruction set in the same minute,
// `share_of_bound_18` against an eighteenth, which a core with two shared pipes cannot pass. The integer
// shift and addition that make the power of two, and the loads, run beside them.
#include <cmath>
#include <cstdint>
#include <random>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>

#include "tempsweep/backend.hpp"

#include "backend/cpu/cpu_backend.hpp"
#include "backend/cpu/kernels.hpp"

namespace tempsweep::bench {
namespace {

constexpr std::int64_t rows = 64;
constexpr std::int64_t vocabulary = 32000;
constexpr int temperature_count = 64;
constexpr double multiply_pipe_operations = 15;
constexpr double all_operations = 18;

std::vector<double> normal_logits() {
  std::mt19937_64 engine(1);
  std::normal_distribution<float> normal(0.0F, 3.0F);
  std::vector<double> logits(static_cast<std::size_t>(rows * vocabulary));
  for (double& logit : logits) {
    logit = static_cast<double>(normal(engine));
  }
  return logits;
}

std::vector<double> log_grid(double first, double last) {
  std::vector<double> grid;
  for (int t = 0; t < temperature_count; ++t) {
    grid.push_back(first * std::pow(last / first, static_cast<double>(t) / (temperature_count - 1)));
  }
  return grid;
}

Wanted want_all_sums() {
  Wanted wanted;
  for (MetricId id = 0; id < metric_table.size(); ++id) {
    if (metric_table[id].needs != MetricNeeds::labels) {
      wanted.metrics.push_back(id);
    }
  }
  wanted.tokens = vocabulary;
  return wanted;
}

void report(benchmark::State& state, double elements, int threads, double fma_rate) {
  using benchmark::Counter;
  state.counters["element_temperatures_per_s"] = Counter(elements, Counter::kIsIterationInvariantRate);
  const double bound = fma_rate * threads;
  if (bound > 0) {
    const auto share = [&](double operations) {
      return Counter(elements * operations / bound, Counter::kIsIterationInvariantRate);
    };
    state.counters["share_of_bound"] = share(multiply_pipe_operations);
    state.counters["share_of_bound_18"] = share(all_operations);
    state.counters["multiply_adds_per_s"] = fma_rate;
  }
}

/// Loading (one scan of the row, its depths) and one evaluation, as a sweep does it. Argument: threads.
void direct_sweep(benchmark::State& state) {
  const auto threads = static_cast<int>(state.range(0));
  static const std::vector<double> logits = normal_logits();
  const std::vector<double> temperatures = log_grid(0.05, 5);
  const Wanted wanted = want_all_sums();
  const auto backend = cpu::backend_entry().create(wanted, {threads});
  std::vector<std::vector<double>> values(wanted.metrics.size(),
                                          std::vector<double>(rows * temperature_count));
  TileOutput output;
  output.metrics.assign(values.begin(), values.end());
  double fma_rate = cpu::multiply_add_rate();
  for ([[maybe_unused]] auto _ : state) {
    backend->load({logits, rows, vocabulary, 0, {}}, vocabulary);
    backend->evaluate(temperatures, output);
    benchmark::DoNotOptimize(values[0].data());
  }
  fma_rate = std::max(fma_rate, cpu::multiply_add_rate());
  report(state, static_cast<double>(rows * vocabulary * temperature_count), threads, fma_rate);
}
BENCHMARK(direct_sweep)->Arg(1)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(direct_sweep)
    ->Name("direct_sweep_all_threads")
    ->Arg(static_cast<std::int64_t>(std::max(1U, std::thread::hardware_concurrency())))
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tempsweep::bench
