// SPDX-License-Identifier: Apache-2.0
// The probes, one file each. All of them wait for their work and throw std::runtime_error when the card
// fails.
#pragma once

#include "lab.cuh"
#include "report.hpp"

namespace tempsweep::roofs {

// What the probes share: one stream of the current device.
struct Lab {
  Stream stream;
  int multiprocessors = 0;

  [[nodiscard]] Roof roof(const std::string& name, const std::string& unit, double amount, double seconds,
                          int repeats, double clock) const {
    const double rate = amount / seconds;
    return {name, unit, rate, clock, clock > 0 ? rate / clock / multiprocessors : 0, seconds, repeats};
  }
};

Roof measure_mufu(const Lab& lab);  // "mufu_ex2"
Roof measure_ffma(const Lab& lab);  // "ffma"
Roof measure_dfma(const Lab& lab);  // "dfma"
std::vector<Roof> measure_mix(
    const Lab& lab);  // "mix_ex2_ffma_0" ... 12: ex2 a second with that many FFMA each
std::vector<Roof> measure_memory(
    const Lab& lab);  // "read_sum", "write_stream", "copy_device" (both directions)
std::vector<Roof> measure_host_copies(
    const Lab& lab);  // "copy_host_to_device", "copy_device_to_host", pinned
Ex2Error measure_ex2_error(const Lab& lab);

// ex2.approx.ftz.f32 with the sign turned: x -> 2^-x runs into 0.64 instead of infinity, and the sign is
// free.
__device__ __forceinline__ float ex2_of_negative(float x) {
  float power;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(power) : "f"(-x));
  return power;
}

}  // namespace tempsweep::roofs
