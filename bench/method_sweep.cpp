// SPDX-License-Identifier: Apache-2.0
// Whole sweeps by any method: from float32 logits in memory to metrics in memory, as the engine does it.
#include "method_sweep.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/core/number.hpp"
#include "tempsweep/wanted_sums.hpp"

#include "backend/cpu/cpu_backend.hpp"
#include "backend/cpu/method_costs.hpp"

namespace tempsweep::bench {
namespace {

/// Temperatures that are evaluated together.
constexpr std::size_t tile = 65536;

std::vector<float> normal_logits(std::int64_t count) {
  std::mt19937_64 engine(1);  // NOLINT(cert-msc51-cpp): the same rows every time
  std::normal_distribution<float> normal(0.0F, 3.0F);
  std::vector<float> logits(static_cast<std::size_t>(count));
  std::generate(logits.begin(), logits.end(), [&] { return normal(engine); });
  return logits;
}

std::vector<double> log_grid(std::int64_t count) {
  std::vector<double> grid;
  for (std::int64_t t = 0; t < count; ++t) {
    const double share = count == 1 ? 0.5 : static_cast<double>(t) / static_cast<double>(count - 1);
    grid.push_back(0.05 * std::pow(100.0, share));
  }
  return grid;
}

Wanted want(const SweepCase& what, std::span<const double> grid) {
  Wanted wanted;
  for (MetricId id = 0; id < metric_table.size(); ++id) {
    if (metric_table[id].by_default || (what.all_metrics && metric_table[id].needs != MetricNeeds::labels)) {
      wanted.metrics.push_back(id);
    }
  }
  wanted.tokens = what.vocabulary;
  wanted.method = what.method;
  wanted.tolerance = std::pow(10.0, -what.digits);
  wanted.grid = grid;
  return wanted;
}

std::string choice(const Wanted& wanted, std::int64_t vocabulary) {
  const auto chosen = choose_method(requests_of(wanted), wanted.method,
                                    cpu::method_costs(wanted.tolerance, vocabulary), vocabulary);
  if (!chosen.expands) {
    return "direct";
  }
  return chosen.octaves.empty() ? "expansion" : "interpolation";
}

void sweep(benchmark::State& state, const SweepCase& what) {
  const auto input = normal_logits(what.rows * what.vocabulary);
  const auto grid = log_grid(what.temperatures);
  const Wanted wanted = want(what, grid);
  const auto backend = cpu::backend_entry().create(wanted, {what.threads, 0});
  std::vector<double> logits(input.size());
  std::vector<std::vector<double>> values(
      wanted.metrics.size(),
      std::vector<double>(static_cast<std::size_t>(what.rows) * std::min(tile, grid.size())));
  TileOutput out;
  for (auto& of_metric : values) {
    out.metrics.emplace_back(of_metric);
  }
  for (auto _ : state) {
    std::copy(input.begin(), input.end(), logits.begin());
    backend->load({logits, what.rows, what.vocabulary, 0, {}}, what.vocabulary);
    for (std::size_t first = 0; first < grid.size(); first += tile) {
      backend->evaluate(std::span(grid).subspan(first, std::min(tile, grid.size() - first)), out);
    }
  }
  double bound = 0;
  for (std::int64_t row = 0; row < what.rows; ++row) {
    bound = std::max(bound, backend->error_bounds(row).entropy);
  }
  state.counters["entropy_error_bound"] = bound;
  state.SetLabel(choice(wanted, what.vocabulary));
}

}  // namespace

SweepCase parse_sweep_case(const char* text) {
  std::vector<std::string> words;
  std::istringstream stream(text);
  for (std::string word; std::getline(stream, word, ',');) {
    words.push_back(word);
  }
  const auto* const method =
      words.empty() ? method_names.end() : std::find(method_names.begin(), method_names.end(), words.front());
  if (words.size() < 6 || words.size() > 7 || method == method_names.end() ||
      (words.size() == 7 && words[6] != "all")) {
    throw InputError(std::string(text) + " is no METHOD,ROWS,VOCABULARY,TEMPERATURES,DIGITS,THREADS[,all]");
  }
  const auto count = [&](std::size_t i) {
    return static_cast<std::int64_t>(std::max<std::uint64_t>(1, parse_count(words[i], text)));
  };
  return {static_cast<Method>(method - method_names.begin()),
          count(1),
          count(2),
          count(3),
          static_cast<int>(count(4)),
          static_cast<int>(count(5)),
          words.size() == 7};
}

void add_sweep_case(const char* text) {
  const SweepCase what = parse_sweep_case(text);
  benchmark::RegisterBenchmark(("sweep/" + std::string(text)).c_str(),
                               [what](benchmark::State& state) { sweep(state, what); })
      ->UseRealTime()
      ->Unit(benchmark::kNanosecond);
}

}  // namespace tempsweep::bench
