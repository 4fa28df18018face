// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include "backend/cpu/kernels.hpp"
#include "paths.hpp"

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
    return 2;
  }
  benchmark::AddCustomContext("instruction_set", tempsweep::cpu::instruction_set());
  tempsweep::bench::register_paths();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
