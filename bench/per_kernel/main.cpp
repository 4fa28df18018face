// SPDX-License-Identifier: Apache-2.0
// Every kernel on its own, timed between two events on the card:
//   bench_cuda [--quick|--tiny] [--runs N] [--float-sums SECONDS] [--backend cuda|cuda-host] [--json FILE]
//   bench_cuda [--backend cuda|cuda-host] --leave MEBIBYTES COMMAND [ARGUMENT ...]
// --tiny: sizes for a sanitizer; --runs: each kernel so often, after once to warm up; --float-sums: these
// alone, so long. cuda-host runs the tiny sizes on the CPU and says nothing about speed. Exit status 3
// without a card.
#include <cstdio>
#include <exception>
#include <fstream>
#include <string>

#include <nlohmann/json.hpp>

#include "kernels/host/host_runtime.hpp"
#include "per_kernel/ballast.hpp"
#include "per_kernel/cases.hpp"

namespace {

using tempsweep::bench::Figure;
namespace kernels = tempsweep::kernels;

struct Options {
  bool quick = false, tiny = false;
  int runs = 0;
  double float_seconds = 0;
  std::string backend = "cuda";
  std::string json;
  std::uint64_t leave = 0;
  char** command = nullptr;
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    options.quick = options.quick || word == "--quick";
    options.tiny = options.tiny || word == "--tiny";
    if (i + 1 < argc && word == "--backend") {
      options.backend = argv[++i];
    } else if (i + 1 < argc && word == "--json") {
      options.json = argv[++i];
    } else if (i + 1 < argc && word == "--runs") {
      options.runs = std::stoi(argv[++i]);
    } else if (i + 2 < argc && word == "--leave") {
      options.leave = std::stoull(argv[i + 1]) << 20U;
      options.command = argv + i + 2;
      break;
    } else if (i + 1 < argc && word == "--float-sums") {
      options.float_seconds = std::stod(argv[++i]);
    }
  }
  return options;
}

tempsweep::bench::Sizes sizes_of(const Options& options) {
  namespace bench = tempsweep::bench;
  const bool tiny = options.tiny || options.backend == "cuda-host";
  bench::Sizes sizes = tiny            ? bench::host_sizes()
                       : options.quick ? bench::quick_sizes()
                                       : bench::full_sizes();
  if (options.runs > 0) {
    sizes.runs = options.runs;
  }
  return sizes;
}

nlohmann::ordered_json as_json(const kernels::DeviceFacts& facts, const std::vector<Figure>& figures) {
  nlohmann::ordered_json json;
  json["device"] = {{"name", facts.name},
                    {"memory_bytes", facts.memory_bytes},
                    {"clock_hz", facts.clock_hz},
                    {"multiprocessors", facts.multiprocessors}};
  for (const Figure& figure : figures) {
    nlohmann::ordered_json one = {{"kernel", figure.kernel},
                                  {"case", figure.shape + (figure.note.empty() ? "" : ", " + figure.note)},
                                  {"points_per_second", figure.points_per_second},
                                  {"seconds", figure.seconds}};
    if (figure.bytes_per_second > 0) {
      one["bytes_per_second"] = figure.bytes_per_second;
    }
    if (figure.fp64_per_point > 0) {
      one["fp64_per_point"] = figure.fp64_per_point;
    }
    json["results"].push_back(one);
  }
  return json;
}

int run(const Options& options) {
  kernels::HostDevice host_device;
  host_device.memory_bytes = options.command != nullptr ? std::uint64_t{1} << 26U : host_device.memory_bytes;
  const auto host = kernels::make_host_runtime(host_device);
  const bool on_host = options.backend == "cuda-host";
  kernels::Runtime* const runtime = on_host ? host.get() : kernels::card_runtime();
  if (runtime == nullptr || runtime->device_count() == 0) {
    std::fprintf(stderr, "bench_cuda: no CUDA device answers\n");
    return 3;
  }
  kernels::DeviceFacts facts;
  if (!runtime->facts(0, facts).ok() || !runtime->use(0).ok()) {
    std::fprintf(stderr, "bench_cuda: the device does not answer\n");
    return 3;
  }
  if (options.command != nullptr) {
    return tempsweep::bench::run_beside_ballast(*runtime, 0, options.leave, options.command);
  }
  const auto sizes = sizes_of(options);
  const auto figures = options.float_seconds > 0
                           ? tempsweep::bench::run_float_sums(*runtime, sizes, options.float_seconds)
                           : tempsweep::bench::run_cases(*runtime, sizes);
  std::printf("%s\n", facts.name.c_str());
  for (const Figure& figure : figures) {
    std::printf("%-20s %-28s %-9s %10.3f G/s %10.3f ms %10.1f GB/s\n", figure.kernel.c_str(),
                figure.shape.c_str(), figure.note.c_str(), figure.points_per_second / 1e9,
                figure.seconds * 1e3, figure.bytes_per_second / 1e9);
  }
  if (!options.json.empty()) {
    std::ofstream(options.json) << as_json(facts, figures).dump(2) << '\n';
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(parse(argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_cuda: %s\n", error.what());
    return 3;
  }
}
