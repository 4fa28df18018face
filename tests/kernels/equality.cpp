// SPDX-License-Identifier: Apache-2.0
// The CUDA backend against the CPU backend, set by set and method by method:
//   cuda_equality [--backend cuda|cuda-host] [--set oracle|seeded|real|adversarial|all] [--rows N]
//                 [--largest V] [--logits FILE] [--seconds S] [--json FILE]
//   cuda_equality [--backend cuda|cuda-host] --far ROWS COLUMNS [--json FILE]   (far_rows.hpp)
// Prints the worst difference of every metric; exit status 1 when one passes its promise, or draws or
// probabilities differ; 77 when the backend is not there. After S seconds no case but the first of a set
// is begun.
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "tempsweep/core/number.hpp"

#include "backend/cpu/cpu_backend.hpp"
#include "backend/cuda/cuda_backend.hpp"
#include "kernels/equality_report.hpp"
#include "kernels/equality_sets.hpp"
#include "kernels/far_rows.hpp"

namespace tempsweep::testing {

// Not called: every backend here is named.
std::unique_ptr<Backend> make_backend_under_test(const Wanted&, int) {
  return nullptr;
}

namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  std::string backend = "cuda-host", json;
  std::vector<std::string> sets = {"oracle", "seeded"};
  SetSize size;
  double seconds = 1e9;
  std::int64_t far_rows = 0, far_columns = 0;
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; i += 2) {
    const std::string word = argv[i];
    const std::string value =
        i + 1 < argc ? argv[i + 1] : throw std::invalid_argument(word + " needs a value");
    if (word == "--backend" && (value == "cuda" || value == "cuda-host")) {
      options.backend = value;
    } else if (word == "--set") {
      options.sets = value == "all" ? equality_sets() : std::vector<std::string>{value};
    } else if (word == "--rows") {
      options.size.rows = static_cast<std::int64_t>(parse_count(value, word));
    } else if (word == "--largest") {
      options.size.largest = static_cast<std::int64_t>(parse_count(value, word));
    } else if (word == "--far" && i + 2 < argc) {
      options.far_rows = static_cast<std::int64_t>(parse_count(value, word));
      options.far_columns = static_cast<std::int64_t>(parse_count(argv[++i + 1], word));
    } else if (word == "--logits") {
      options.size.logits = value;
    } else if (word == "--seconds") {
      options.seconds = std::stod(value);
    } else if (word == "--json") {
      options.json = value;
    } else {
      throw std::invalid_argument(fmt::format("{} {} is no option", word, value));
    }
  }
  return options;
}

Wanted everything(ProbabilityFormat format, VocabularyBy by, Method method) {
  Wanted wanted = want_metrics();
  wanted.renyi_orders = {0, 0.5, 1, 2, HUGE_VAL};
  wanted.ordering = some_ordering();
  wanted.vocabulary_by = by;
  wanted.method = method;
  if (method == Method::direct) {  // draws and probabilities are made from the laws in one way
    wanted.probabilities = format;
    wanted.samples = 2001;
    wanted.seed = 5;
  }
  return wanted;
}

void run_case(const BackendEntry& device, Method method, const EqualityCase& one, EqualityReport& report) {
  const BackendEntry cpu = cpu::backend_entry();
  const std::int64_t width = std::ssize(one.logits) / one.rows;
  RunSetup setup{one.rows, 3, 0, std::vector<std::int64_t>(static_cast<std::size_t>(one.rows), width / 2), 2};
  for (const auto& [format, by] : {std::pair{ProbabilityFormat::f32, VocabularyBy::prefix},
                                   std::pair{ProbabilityFormat::log16, VocabularyBy::rank}}) {
    setup.vocabulary = by == VocabularyBy::rank ? (width + 1) / 2 : 0;
    Wanted wanted = wanted_at_width(everything(format, by, method), static_cast<std::size_t>(width));
    wanted.grid = one.temperatures;
    report.compare(run_backend(device.create(wanted, {2, 0}), wanted, one.logits, one.temperatures, setup),
                   run_backend(cpu.create(wanted, {2, 0}), wanted, one.logits, one.temperatures, setup),
                   one.temperatures);
  }
  ++report.cases;
  report.rows += one.rows;
}

std::string name_of(Method method) {
  return fmt::format("{}", method_names.at(static_cast<std::size_t>(method)));
}

int far(const BackendEntry& device, const Options& options) {
  auto json = compare_far_rows(device, options.far_rows, options.far_columns);
  json["backend"] = options.backend;
  fmt::print("{}\n", json.dump(1));
  if (!options.json.empty()) {
    std::ofstream(options.json) << json.dump(1) << '\n';
  }
  return json["good"].get<bool>() ? 0 : 1;
}

int equality(const BackendEntry& device, const Options& options) {
  const auto end = Clock::now() + std::chrono::duration<double>(options.seconds);
  nlohmann::ordered_json json;
  bool good = true;
  for (const std::string& set : options.sets) {
    const auto cases = make_equality_set(set, options.size);
    constexpr std::array methods = {Method::direct, Method::expansion, Method::interpolation};
    std::array<EqualityReport, methods.size()> reports;
    for (const EqualityCase& one : cases) {
      for (std::size_t m = 0; m < methods.size(); ++m) {
        if (reports[m].cases == 0 || Clock::now() < end) {
          run_case(device, methods[m], one, reports[m]);
        }
      }
    }
    for (std::size_t m = 0; m < methods.size(); ++m) {
      reports[m].cases_wanted = std::ssize(cases);
      print(fmt::format("{} against cpu, {}, {}", options.backend, set, name_of(methods[m])), reports[m]);
      json[set][name_of(methods[m])] = as_json(reports[m]);
      good = good && reports[m].good();
    }
  }
  if (!options.json.empty()) {
    std::ofstream(options.json)
        << nlohmann::ordered_json{{"backend", options.backend}, {"good", good}, {"sets", json}}.dump(1)
        << '\n';
  }
  return good ? 0 : 1;
}

int run(const Options& options) {
  const BackendEntry device = options.backend == "cuda" ? cuda::backend_entry() : cuda::host_backend_entry();
  if (const std::string missing = device.unavailable(); !missing.empty()) {
    fmt::print("skipped: {}\n", missing);
    return 77;
  }
  return options.far_rows > 0 ? far(device, options) : equality(device, options);
}

}  // namespace
}  // namespace tempsweep::testing

int main(int argc, char** argv) {
  try {
    return tempsweep::testing::run(tempsweep::testing::parse(argc, argv));
  } catch (const std::exception& error) {
    fmt::print(stderr, "cuda_equality: {}\n", error.what());
    return 2;
  }
}
