// SPDX-License-Identifier: Apache-2.0
// bench_methods [--case METHOD,ROWS,VOCABULARY,TEMPERATURES,DIGITS,THREADS[,all]]... [options of Google
// Benchmark]
#include <cstdio>
#include <cstring>
#include <exception>
#include <vector>

#include <benchmark/benchmark.h>

#include "backend/cpu/kernels.hpp"
#include "method_sweep.hpp"

namespace {

/// Sweeps that are measured when no case is named.
constexpr const char* usual_cases[] = {"auto,8,128256,1024,9,1", "auto,8,128256,1024,12,1",
                                       "auto,1,128256,1e6,12,1", "auto,1,128256,1e6,12,1,all"};

/// Registers the cases that are named; `rest` gets the other arguments.
void take_cases(int argc, char** argv, std::vector<char*>& rest) {
  bool named = false;
  for (int i = 0; i < argc; ++i) {
    if (std::strcmp(argv[i], "--case") == 0 && i + 1 < argc) {
      tempsweep::bench::add_sweep_case(argv[++i]);
      named = true;
    } else {
      rest.push_back(argv[i]);
    }
  }
  if (!named) {
    for (const char* one : usual_cases) {
      tempsweep::bench::add_sweep_case(one);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    std::vector<char*> arguments;
    take_cases(argc, argv, arguments);
    int count = static_cast<int>(arguments.size());
    benchmark::Initialize(&count, arguments.data());
    if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) {
      return 2;
    }
    benchmark::AddCustomContext("instruction_set", tempsweep::cpu::instruction_set());
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_methods: %s\n", error.what());
    return 2;
  }
  return 0;
}
