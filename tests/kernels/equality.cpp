// SPDX-License-Identifier: Apache-2.0
// The CUDA backend against the CPU backend, method by method, on the oracle's rows, seeded rows of many laws
// and edges:
//   cuda_equality [--backend cuda|cuda-host] [--json FILE]
// Prints the worst difference of every metric; exit status 1 when one passes its promise or draws differ, 77
// when the backend is not there.
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "backend/cpu/cpu_backend.hpp"
#include "backend/cuda/cuda_backend.hpp"
#include "support/backend_run.hpp"
#include "support/oracle.hpp"

namespace tempsweep::testing {

// Not called: every backend here is named.
std::unique_ptr<Backend> make_backend_under_test(const Wanted&, int) {
  return nullptr;
}

namespace {

struct Worst {
  double absolute = 0;
  double relative = 0;
  std::int64_t points = 0;
  std::int64_t equal = 0;  ///< to the last bit

  void add(double a, double b) {
    ++points;
    if (std::memcmp(&a, &b, sizeof a) == 0 || (std::isnan(a) && std::isnan(b))) {
      ++equal;
      return;
    }
    const double difference = std::abs(a - b);
    // An infinity or NaN on one side alone is the worst there is.
    absolute = std::isfinite(difference) ? std::max(absolute, difference) : HUGE_VAL;
    relative = std::isfinite(difference) ? std::max(relative, difference / std::abs(b)) : HUGE_VAL;
  }
};

struct Report {
  std::map<std::string, Worst> metrics;
  std::int64_t counts = 0;
  std::int64_t counts_unequal = 0;
  std::int64_t scans_unequal = 0;
};

struct Case {
  std::vector<double> logits;
  std::vector<double> temperatures;
  std::int64_t rows = 1;
};

const std::vector<double> wide_grid = {0.0, 1e-6, 0.01, 0.05, 0.1, 0.3, 0.7,
                                       1.0, 1.5,  3.0,  10.0, 1e3, 1e6, HUGE_VAL};

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const OracleCase& one : read_oracle()) {
    all.push_back({one.logits, one.temperatures(), 1});
  }
  for (unsigned seed = 0; seed < 12; ++seed) {
    auto logits = normal_logits(4 * (50 + 531 * seed), 0.25 * (1U << (seed % 6)), seed);
    if (seed % 3 == 1) {
      for (double& logit : logits) {
        logit = std::nearbyint(4 * logit) / 4;  // ties
      }
    }
    if (seed % 3 == 2) {
      for (std::size_t i = 0; i < logits.size(); i += 7) {
        logits[i] = -HUGE_VAL;
      }
    }
    all.push_back({logits, wide_grid, 4});
  }
  all.push_back({{1.5}, wide_grid, 1});
  all.push_back({{1, std::nan(""), 2, 3, HUGE_VAL, 0, -HUGE_VAL, -HUGE_VAL, 0}, wide_grid, 3});
  all.push_back({normal_logits(20000, 3, 99), {0.2, 1.0, 2.0}, 1});
  return all;
}

Wanted everything(ProbabilityFormat format, VocabularyBy by) {
  Wanted wanted = want_metrics();
  wanted.renyi_orders = {0, 0.5, 1, 2, HUGE_VAL};
  wanted.ordering = some_ordering();
  wanted.probabilities = format;
  wanted.samples = 2001;
  wanted.seed = 5;
  wanted.vocabulary_by = by;
  return wanted;
}

template <class T>
void compare(const std::vector<T>& a, const std::vector<T>& b, Worst& worst) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    worst.add(static_cast<double>(a[i]), static_cast<double>(b.at(i)));
  }
}

void compare(const BackendRun& a, const BackendRun& b, Report& report) {
  for (std::size_t m = 0; m < a.metrics.size(); ++m) {
    compare(a.metrics[m], b.metrics[m], report.metrics[metric_table[a.ids[m]].name]);
  }
  compare(a.renyi, b.renyi, report.metrics["renyi_entropy"]);
  compare(a.top_k_mass, b.top_k_mass, report.metrics["top_k_mass"]);
  compare(a.nucleus_size, b.nucleus_size, report.metrics["nucleus_size"]);
  compare(a.min_p_survivors, b.min_p_survivors, report.metrics["min_p_survivors"]);
  compare(a.tokens_above, b.tokens_above, report.metrics["tokens_above"]);
  compare(a.probability, b.probability, report.metrics["probability"]);
  compare(a.log_probability, b.log_probability, report.metrics["log_probability"]);
  for (std::size_t i = 0; i < a.count.size(); ++i) {
    ++report.counts;
    report.counts_unequal += a.count[i] != b.count[i] ? 1 : 0;
  }
  for (std::size_t r = 0; r < a.scans.size(); ++r) {
    const RowScan& x = a.scans[r];
    const RowScan& y = b.scans[r];
    report.scans_unequal += x.status == y.status && x.bad_column == y.bad_column && x.ties == y.ties &&
                                    x.top_token == y.top_token && x.unmasked == y.unmasked
                                ? 0
                                : 1;
  }
}

Report run(const BackendEntry& device, Method method) {
  const BackendEntry cpu = cpu::backend_entry();
  Report report;
  for (const Case& one : cases()) {
    const std::int64_t width = std::ssize(one.logits) / one.rows;
    RunSetup setup{one.rows, 3, 0, std::vector<std::int64_t>(static_cast<std::size_t>(one.rows), width / 2),
                   2};
    for (const auto& [format, by] : {std::pair{ProbabilityFormat::f32, VocabularyBy::prefix},
                                     std::pair{ProbabilityFormat::log16, VocabularyBy::rank}}) {
      setup.vocabulary = by == VocabularyBy::rank ? (width + 1) / 2 : 0;
      Wanted wanted = wanted_at_width(everything(format, by), static_cast<std::size_t>(width));
      wanted.method = method;
      wanted.grid = one.temperatures;
      if (method != Method::direct) {  // draws and probabilities are made from the laws in one way
        wanted.samples = 0;
        wanted.probabilities = ProbabilityFormat::none;
      }
      compare(run_backend(device.create(wanted, {2, 0}), wanted, one.logits, one.temperatures, setup),
              run_backend(cpu.create(wanted, {2, 0}), wanted, one.logits, one.temperatures, setup), report);
    }
  }
  return report;
}

/// Those of a method are named after it, but for the direct one.
void merge(const Report& from, Method method, Report& into) {
  const std::string prefix =
      method == Method::direct ? "" : std::string(method_names.at(static_cast<std::size_t>(method))) + ": ";
  for (const auto& [name, worst] : from.metrics) {
    if (worst.points > 0) {
      into.metrics[prefix + name] = worst;
    }
  }
  into.counts += from.counts;
  into.counts_unequal += from.counts_unequal;
  into.scans_unequal += from.scans_unequal;
}

/// Absolute or relative, whichever is smaller, must lie below this.
double promise(const std::string& metric) {
  if (metric == "probability") {
    return 2e-7;
  }
  return metric == "log_probability" ? 1 : 1e-12;  // one step of the code
}

nlohmann::ordered_json as_json(const Report& report, bool good) {
  nlohmann::ordered_json json;
  for (const auto& [name, worst] : report.metrics) {
    json["metrics"][name] = {{"worst", std::min(worst.absolute, worst.relative)},
                             {"absolute", worst.absolute},
                             {"relative", worst.relative},
                             {"points", worst.points},
                             {"equal_bits", worst.equal}};
  }
  json["draws_equal"] = report.counts_unequal == 0;
  json["counts_compared"] = report.counts;
  json["scans_equal"] = report.scans_unequal == 0;
  json["good"] = good;
  return json;
}

}  // namespace

int equality(const std::string& backend, const std::string& file) {
  const BackendEntry device = backend == "cuda" ? cuda::backend_entry() : cuda::host_backend_entry();
  if (const std::string missing = device.unavailable(); !missing.empty()) {
    fmt::print("skipped: {}\n", missing);
    return 77;
  }
  Report report;
  for (const Method method : {Method::direct, Method::expansion, Method::interpolation}) {
    merge(run(device, method), method, report);
  }
  bool good = report.counts_unequal == 0 && report.scans_unequal == 0;
  fmt::print("{:<36} {:>12} {:>12} {:>22}\n", backend + " against cpu", "absolute", "relative",
             "equal to the bit");
  for (const auto& [name, worst] : report.metrics) {
    good = good && std::min(worst.absolute, worst.relative) <= promise(name);
    fmt::print("{:<36} {:>12.1e} {:>12.1e} {:>11} of {:>7}\n", name, worst.absolute, worst.relative,
               worst.equal, worst.points);
  }
  fmt::print("{:<36} {} of {} differ\n{:<36} {} differ\n", "counts", report.counts_unequal, report.counts,
             "row scans", report.scans_unequal);
  if (!file.empty()) {
    std::ofstream(file) << as_json(report, good).dump(2) << '\n';
  }
  return good ? 0 : 1;
}

}  // namespace tempsweep::testing

int main(int argc, char** argv) {
  std::string backend = "cuda-host";
  std::string file;
  for (int i = 1; i + 1 < argc; i += 2) {
    (std::strcmp(argv[i], "--json") == 0 ? file : backend) = argv[i + 1];
  }
  return tempsweep::testing::equality(backend, file);
}
