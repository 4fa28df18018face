// SPDX-License-Identifier: Apache-2.0
// gpu_roofs [--json FILE]: measures what the card can do at most. Status 3: no card; 1: the card or the file
// failed.
#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <string>

#include "probes.cuh"

namespace {

using namespace tempsweep::roofs;

int attribute(cudaDeviceAttr which, int device) {
  int value = 0;
  check(cudaDeviceGetAttribute(&value, which, device), "cudaDeviceGetAttribute");
  return value;
}

DeviceFacts facts_of(int device) {
  cudaDeviceProp properties{};
  check(cudaGetDeviceProperties(&properties, device), "cudaGetDeviceProperties");
  DeviceFacts facts;
  facts.name = properties.name;
  facts.compute_capability = std::to_string(properties.major) + "." + std::to_string(properties.minor);
  facts.multiprocessors = properties.multiProcessorCount;
  facts.max_clock_hz = 1e3 * attribute(cudaDevAttrClockRate, device);
  facts.memory_bytes = properties.totalGlobalMem;
  check(cudaDriverGetVersion(&facts.driver_version), "cudaDriverGetVersion");
  check(cudaRuntimeGetVersion(&facts.runtime_version), "cudaRuntimeGetVersion");
  return facts;
}

Report measure() {
  Report report;
  report.device = facts_of(0);
  const Lab lab{{}, report.device.multiprocessors};
  const auto add = [&](const std::vector<Roof>& roofs) {
    report.roofs.insert(report.roofs.end(), roofs.begin(), roofs.end());
  };
  add({measure_mufu(lab), measure_ffma(lab), measure_dfma(lab)});
  add(measure_mix(lab));
  add(measure_memory(lab));
  add(measure_host_copies(lab));
  report.ex2_error = measure_ex2_error(lab);
  return report;
}

int run(const std::string& json) {
  int devices = 0;
  const cudaError_t status = cudaGetDeviceCount(&devices);
  if (status != cudaSuccess || devices == 0) {
    std::fprintf(stderr, "gpu_roofs: no CUDA device: %s\n",
                 status == cudaSuccess ? "the driver lists none" : cudaGetErrorString(status));
    return 3;
  }
  check(cudaSetDevice(0), "cudaSetDevice");
  const Report report = measure();
  write_table(std::cout, report);
  if (!json.empty()) {
    std::ofstream file(json);
    write_json(file, report);
    if (!file.flush()) {
      throw std::runtime_error("cannot write " + json);
    }
  }
  return 0;
}

}  // namespace

int main(int count, char** words) {
  const bool with_json = count == 3 && std::string(words[1]) == "--json";
  if (count != 1 && !with_json) {
    std::fprintf(stderr, "usage: gpu_roofs [--json FILE]\n");
    return 2;
  }
  try {
    return run(with_json ? words[2] : "");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "gpu_roofs: %s\n", error.what());
    return 1;
  }
}
