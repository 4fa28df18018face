// SPDX-License-Identifier: Apache-2.0
// The frame of the arithmetic probes: independent chains of one instruction in every thread, enough warps to
// hide the latency, one wave of blocks. A Probe has
//   __device__ explicit Probe(unsigned thread);   // operands that the compiler cannot know
//   __device__ void turn();                       // `operations` counted instructions, unrolled, and nothing
//   else
//   __device__ float result() const;              // depends on every chain, so that none is dropped
#pragma once

#include "lab.cuh"
#include "probes.cuh"
#include "report.hpp"

namespace tempsweep::roofs {

constexpr int chain_threads = 256;
constexpr int chains = 8;

template <class Probe>
__global__ void __launch_bounds__(chain_threads, least_blocks_per_sm)
    run_chains(int turns, float* results, BlockTicks* ticks) {
  Probe probe(threadIdx.x);
  const Ticks start = ticks_now();
#pragma unroll 1
  for (int turn = 0; turn < turns; ++turn) {
    probe.turn();
  }
  const Ticks end = ticks_now();
  results[std::size_t{blockIdx.x} * chain_threads + threadIdx.x] = probe.result();
  if (threadIdx.x == 0) {
    ticks[blockIdx.x] = {start, end};
  }
}

// A launch long enough that its start and end do not matter: turns are doubled until it takes `least`
// seconds.
template <class Launch>
int enough_turns(const Stream& stream, double least, const Launch& launch) {
  int turns = 16;
  while (timed(stream, [&] { launch(turns); }) < least && turns < (1 << 24)) {
    turns *= 2;
  }
  return turns;
}

template <class Probe>
Roof measure_chains(const Lab& lab, const std::string& name) {
  constexpr double least_seconds = 0.01;
  constexpr int repeats = 9;
  const int blocks = lab.multiprocessors * resident_blocks(run_chains<Probe>, chain_threads);
  const Buffer<float> results(static_cast<std::size_t>(blocks) * chain_threads);
  const Buffer<BlockTicks> ticks(static_cast<std::size_t>(blocks));
  const auto launch = [&](int turns) {
    run_chains<Probe><<<blocks, chain_threads, 0, lab.stream.get()>>>(turns, results.get(), ticks.get());
  };
  const int turns = enough_turns(lab.stream, least_seconds, launch);
  const double seconds = median_seconds(lab.stream, repeats, [&] { launch(turns); });
  const double operations = static_cast<double>(results.count()) * Probe::operations * turns;
  return lab.roof(name, "operations", operations, seconds, repeats, clock_of(ticks.read(lab.stream)));
}

}  // namespace tempsweep::roofs
