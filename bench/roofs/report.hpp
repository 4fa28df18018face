// SPDX-License-Identifier: Apache-2.0
// What the roof probes found, and how it is written. Plain C++: no CUDA here.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

namespace tempsweep::roofs {

// One measured rate: the median over `repeats` runs. Clock figures are 0 where no kernel of ours ran
// (copies).
struct Roof {
  std::string name;             // "mufu_ex2", "read_sum", ...
  std::string unit;             // what is counted: "operations" or "bytes"
  double per_second = 0;        // over the whole card
  double sm_clock_hz = 0;       // cycles of the SM's counter by the card's wall clock, inside the kernel
  double per_clock_per_sm = 0;  // per_second / (sm_clock_hz * number of SMs)
  double seconds = 0;           // of one run
  int repeats = 0;
};

// ex2.approx.ftz.f32 over all 2^32 inputs, against exp2 in double; inputs whose exact power is a normal
// float.
struct Ex2Error {
  double max_relative = 0;
  std::uint32_t worst_input = 0;  // bits of the float
  std::uint64_t inputs = 0;       // how many were compared
};

struct DeviceFacts {
  std::string name;
  std::string compute_capability;  // "9.0"
  int multiprocessors = 0;
  double max_clock_hz = 0;
  std::uint64_t memory_bytes = 0;
  int driver_version = 0;  // as CUDA writes it: 13000 is 13.0
  int runtime_version = 0;
};

struct Report {
  DeviceFacts device;
  std::vector<Roof> roofs;
  Ex2Error ex2_error;
};

void write_json(std::ostream& out, const Report& report);
void write_table(std::ostream& out, const Report& report);

}  // namespace tempsweep::roofs
