// SPDX-License-Identifier: Apache-2.0
#include "backend/cpu/processor.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <vector>

#include "tempsweep/core/memory.hpp"
#include "tempsweep/core/parallel.hpp"

#include "backend/cpu/kernels.hpp"

namespace tempsweep::cpu {
namespace {

/// Bytes a second that one thread copies, read and written counted once each.
double copy_rate() {
  const std::vector<double> from(std::size_t{8} << 20U, 1.0);
  std::vector<double> to(from.size());
  const auto start = std::chrono::steady_clock::now();
  std::copy(from.begin(), from.end(), to.begin());
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return 2.0 * static_cast<double>(from.size() * sizeof(double)) / seconds;
}

}  // namespace

std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  std::string name = "unknown processor";
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("model name")) {
      name = line.substr(line.find(':') + 2);
      break;
    }
  }
  return name + ", " + instruction_set();
}

DeviceReport measure_processor(int) {
  const std::uint64_t memory = available_memory();
  return {processor(), memory, memory, 0, available_threads(), "threads", multiply_add_rate(), copy_rate()};
}

}  // namespace tempsweep::cpu
