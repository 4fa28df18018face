// SPDX-License-Identifier: Apache-2.0
#include "fma_probe.hpp"

#include <algorithm>
#include <chrono>

#include <benchmark/benchmark.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace tempsweep::bench {
namespace {

#if defined(__x86_64__)
/// Twelve chains: two pipes of latency four or five, and some to spare.
constexpr int chains = 12;

__attribute__((target("avx2,fma"))) double multiply_add(long rounds) {
  __m256d sum[chains];
  for (int k = 0; k < chains; ++k) {
    sum[k] = _mm256_set1_pd(k);
  }
  const __m256d factor = _mm256_set1_pd(0.999999);
  const __m256d term = _mm256_set1_pd(1e-6);
  for (long i = 0; i < rounds; ++i) {
#pragma GCC unroll 12
    for (int k = 0; k < chains; ++k) {
      sum[k] = _mm256_fmadd_pd(sum[k], factor, term);
    }
  }
  __m256d total = sum[0];
  for (int k = 1; k < chains; ++k) {
    total = _mm256_add_pd(total, sum[k]);
  }
  return _mm256_cvtsd_f64(total);
}
#endif

void fma_probe(benchmark::State& state) {
  double best = 0;
  for ([[maybe_unused]] auto _ : state) {
    best = std::max(best, vector_fma_rate());
  }
  state.counters["vector_fma_per_s"] = best;
}
BENCHMARK(fma_probe)->Unit(benchmark::kMillisecond);

}  // namespace

double vector_fma_rate() {
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) {
    return 0;
  }
  using Clock = std::chrono::steady_clock;
  constexpr long rounds = 500000;
  double best = 0;
  for (int attempt = 0; attempt < 8; ++attempt) {
    const auto start = Clock::now();
    benchmark::DoNotOptimize(multiply_add(rounds));
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    best = std::max(best, static_cast<double>(rounds) * chains / seconds);
  }
  return best;
#else
  return 0;
#endif
}

}  // namespace tempsweep::bench
